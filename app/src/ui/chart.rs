//! Charts drawn on the server: SVG of our own, which prints and needs no script. Colours are classes, for
//! a page may carry no styles of its own; a table behind each says the same in numbers.

use crate::ui::grouped;
use leptos::prelude::*;

/// Height of the drawing, in its own units; the page stretches it.
const HEIGHT: u64 = 100;
/// What there is of is seen, however little.
const LEAST: u64 = 2;

/// One number at each of several points, as columns.
pub struct Columns {
    /// Tells it from others of the page.
    pub id: &'static str,
    /// What is counted.
    pub word: &'static str,
    /// Which of the colours, `chart-1` to `chart-3`.
    pub tone: &'static str,
    /// Points with their names, in order.
    pub points: Vec<(String, u64)>,
}

/// A drawing with its total, its ends and its greatest.
#[component]
pub fn ColumnChart(columns: Columns) -> impl IntoView {
    let Columns { id, word, tone, points } = columns;
    let most = points.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let total: u64 = points.iter().map(|(_, count)| *count).sum();
    let ends = (points.first(), points.last());
    let (first, last) = (name_of(ends.0), name_of(ends.1));
    let height = match most {
        0 => "none".to_owned(),
        most => format!("at most {} a day", grouped(most)),
    };
    let told = format!("{} from {first} to {last}, {height}", grouped(total));
    let (title_id, told_id) = (format!("{id}-title"), format!("{id}-told"));
    let labelled = format!("{title_id} {told_id}");
    let size = format!("0 0 {} {HEIGHT}", points.len().max(1));
    let bars = points.iter().enumerate().filter(|(_, (_, count))| *count > 0);
    let bars = bars.map(|(at, (name, count))| bar(at, name, *count, most)).collect_view();
    view! {
        <figure class="chart">
            <figcaption>
                <span><strong>{grouped(total)}</strong>" "{word}</span>
                <span>{height}</span>
            </figcaption>
            <svg
                class=tone
                viewBox=size
                preserveAspectRatio="none"
                role="img"
                aria-labelledby=labelled
            >
                <title id=title_id>{word}</title>
                <desc id=told_id>{told}</desc>
                {bars}
            </svg>
            <p class="chart-ends">
                <span>{first}</span>
                <span>{last}</span>
            </p>
        </figure>
    }
}

fn name_of(point: Option<&(String, u64)>) -> String {
    point.map(|(name, _)| name.clone()).unwrap_or_default()
}

fn bar(at: usize, name: &str, count: u64, most: u64) -> AnyView {
    let height = height_of(count, most);
    let told = format!("{name}: {}", grouped(count));
    view! {
        <rect
            x=format!("{at}.1")
            y=(HEIGHT - height).to_string()
            width="0.8"
            height=height.to_string()
        >
            <title>{told}</title>
        </rect>
    }
    .into_any()
}

/// In units of the drawing; `most` is as high as it is.
fn height_of(count: u64, most: u64) -> u64 {
    let scaled = u128::from(count) * u128::from(HEIGHT) / u128::from(most.max(1));
    u64::try_from(scaled).unwrap_or(HEIGHT).clamp(LEAST, HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_are_in_proportion_and_little_is_seen() {
        assert_eq!(height_of(500, 500), HEIGHT);
        assert_eq!(height_of(250, 500), HEIGHT / 2);
        assert_eq!(height_of(1, 100_000), LEAST);
        assert_eq!(height_of(u64::MAX, u64::MAX), HEIGHT);
    }

    #[test]
    fn a_chart_says_in_words_what_it_draws() {
        let points = [("Monday", 0), ("Tuesday", 1_500), ("Wednesday", 500)];
        let points = points.map(|(day, count)| (day.to_owned(), count)).to_vec();
        let columns = Columns { id: "new", word: "new", tone: "chart-1", points };
        let html = Owner::new().with(|| view! { <ColumnChart columns=columns/> }.to_html());
        assert!(html.contains("2,000 from Monday to Wednesday, at most 1,500 a day"), "{html}");
        assert!(
            html.contains("role=\"img\"")
                && html.contains("aria-labelledby=\"new-title new-told\"")
        );
        assert_eq!(html.matches("<rect").count(), 2, "nothing is drawn of nothing: {html}");
        assert!(html.contains("Tuesday: 1,500") && !html.contains("style="), "{html}");
    }

    #[test]
    fn a_chart_of_nothing_is_whole() {
        let columns = Columns { id: "new", word: "new", tone: "chart-1", points: Vec::new() };
        let html = Owner::new().with(|| view! { <ColumnChart columns=columns/> }.to_html());
        assert!(html.contains("0 0 1 100") && !html.contains("<rect"), "{html}");
    }
}
