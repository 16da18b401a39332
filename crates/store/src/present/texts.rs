//! The search texts of all assets, one after the other in one buffer, so that a word is looked for
//! in all of them in one sweep.

use cadastre_model::query::Glob;
use cadastre_model::text::{FOLD_MAX_BYTES, fold};
use memchr::memmem::Finder;
use roaring::RoaringBitmap;
use std::ops::Range;

/// Between two texts: cannot occur in one.
const END: u8 = 0;

/// The texts, in the order in which they were put in.
#[derive(Default)]
pub struct Texts {
    buffer: Vec<u8>,
    /// Where each text begins, and whose it is; `None`: no longer anybody's.
    begins: Vec<(usize, Option<u32>)>,
    /// Bytes that are nobody's.
    waste: usize,
}

/// The place of a text.
#[derive(Clone, Copy)]
pub struct Place(usize);

impl Texts {
    /// Puts in a text.
    pub fn put(&mut self, id: u32, text: &str) -> Place {
        self.begins.push((self.buffer.len(), Some(id)));
        self.buffer.extend_from_slice(text.as_bytes());
        self.buffer.push(END);
        Place(self.begins.len() - 1)
    }

    /// Puts another text in place of one, there if it fits.
    pub fn replace(&mut self, place: Place, id: u32, text: &str) -> Place {
        let there = self.range(place.0).and_then(|range| self.buffer.get_mut(range));
        if let Some(there) = there
            && let Some((fitting, rest)) = there.split_at_mut_checked(text.len())
        {
            fitting.copy_from_slice(text.as_bytes());
            rest.fill(END);
            return place;
        }
        self.waste += self.range(place.0).map_or(0, |range| range.len());
        if let Some((_, owner)) = self.begins.get_mut(place.0) {
            *owner = None;
        }
        self.put(id, text)
    }

    /// Whether so much is nobody's that the rest had better be closed up.
    pub fn is_wasteful(&self) -> bool {
        self.waste > 1 << 20 && self.waste > self.buffer.len() / 4
    }

    /// Puts the texts that are somebody's side by side; `moved` is told where each is now.
    pub fn close_up(&mut self, mut moved: impl FnMut(u32, Place)) {
        let before = std::mem::take(self);
        self.buffer.reserve_exact(before.buffer.len() - before.waste);
        for (index, (_, owner)) in before.begins.iter().enumerate() {
            let text = before.range(index).and_then(|range| before.text(range));
            if let (Some(id), Some(text)) = (*owner, text) {
                moved(id, self.put(id, text));
            }
        }
    }

    fn range(&self, index: usize) -> Option<Range<usize>> {
        let (begin, _) = self.begins.get(index)?;
        let next = self.begins.get(index + 1).map_or(self.buffer.len(), |(next, _)| *next);
        Some(*begin..next.saturating_sub(1))
    }

    /// Whose text it occurs in.
    pub fn holding(&self, glob: &Glob) -> RoaringBitmap {
        let is_plain = glob.parts.len() == 1;
        self.sweep(glob, |range| {
            is_plain || self.text(range).is_some_and(|text| glob.occurs_in(text))
        })
    }

    /// Whose name, which is the first line of a text, matches it from end to end.
    pub fn called(&self, glob: &Glob) -> RoaringBitmap {
        self.sweep(glob, |range| {
            let name = self.text(range).and_then(|text| text.split('\n').next());
            // As long as names are where the database compares them.
            name.is_some_and(|name| match name.len() > FOLD_MAX_BYTES {
                true => glob.matches(&fold(name)),
                false => glob.matches(name),
            })
        })
    }

    /// Whose text has the longest part of the glob in it and passes.
    fn sweep(&self, glob: &Glob, passes: impl Fn(Range<usize>) -> bool) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        let longest = glob.parts.iter().max_by_key(|part| part.len());
        let Some(longest) = longest.filter(|part| !part.is_empty()) else {
            let all = self.begins.iter().enumerate();
            let passing = all.filter(|(index, _)| self.range(*index).is_some_and(&passes));
            found.extend(passing.filter_map(|(_, (_, owner))| *owner));
            return found;
        };
        let finder = Finder::new(longest.as_bytes());
        let mut ids = Vec::new();
        let (mut from, mut index) = (0, 0);
        while let Some(at) = self.buffer.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + at;
            index += self.begins.get(index + 1..).map_or(0, |later| {
                // Hits of a common word are a few texts apart, those of a rare one far.
                let near = later.iter().take(8).position(|(begin, _)| *begin > at);
                near.unwrap_or_else(|| later.partition_point(|(begin, _)| *begin <= at))
            });
            let range = self.range(index).unwrap_or(at..at);
            from = range.end + 1;
            let owner = self.begins.get(index).and_then(|(_, owner)| *owner);
            if let Some(id) = owner.filter(|_| passes(range)) {
                ids.push(id);
            }
        }
        ids.sort_unstable();
        found.extend(ids);
        found
    }

    fn text(&self, range: Range<usize>) -> Option<&str> {
        let text = std::str::from_utf8(self.buffer.get(range)?).ok()?;
        Some(text.trim_end_matches(char::from(END)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &Texts, parts: &[&str]) -> Vec<u32> {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        texts.holding(&Glob { parts }).iter().collect()
    }

    #[test]
    fn a_word_is_found_in_the_texts_that_have_it() {
        let mut texts = Texts::default();
        for id in (0..60).rev() {
            texts.put(id, &format!("web{id:02}\nprod"));
        }
        assert_eq!(ids(&texts, &["web07"]), [7]);
        assert_eq!(ids(&texts, &["b1"]), (10..20).collect::<Vec<_>>());
        assert_eq!(ids(&texts, &["prod"]).len(), 60);
        assert_eq!(ids(&texts, &["b5", "prod"]), (50..60).collect::<Vec<_>>());
        // Not from one text into the next.
        assert_eq!(ids(&texts, &["prod", "web"]), [0; 0]);
        assert_eq!(ids(&texts, &["", ""]).len(), 60);
    }

    #[test]
    fn a_name_is_matched_from_end_to_end() {
        let mut texts = Texts::default();
        let long = "n".repeat(FOLD_MAX_BYTES + 10);
        for (id, text) in [(1, "web"), (2, "web-01\nweb"), (3, "db\nweb"), (4, long.as_str())] {
            texts.put(id, text);
        }
        let called = |parts: &[&str]| {
            let parts = parts.iter().map(|part| (*part).to_owned()).collect();
            texts.called(&Glob { parts }).iter().collect::<Vec<_>>()
        };
        assert_eq!(called(&["web"]), [1]);
        assert_eq!(called(&["web", ""]), [1, 2]);
        assert_eq!(called(&["", "eb", "1"]), [2]);
        assert_eq!(called(&["db\nweb"]), [0; 0]);
        assert_eq!(called(&[&"n".repeat(FOLD_MAX_BYTES)]), [4]);
        assert_eq!(called(&["", ""]).len(), 4);
        assert_eq!(called(&[""]), [0; 0]);
    }

    #[test]
    fn what_was_replaced_is_not_found() {
        let mut texts = Texts::default();
        let place = texts.put(1, "web01");
        texts.put(2, "web01");
        let place = texts.replace(place, 1, "db");
        assert_eq!(ids(&texts, &["web01"]), [2]);
        assert_eq!((ids(&texts, &["db"]), ids(&texts, &["d", ""])), (vec![1], vec![1]));
        assert_eq!(texts.waste, 0);
        texts.replace(place, 1, "longer than before");
        assert_eq!((ids(&texts, &["db"]), ids(&texts, &["longer"])), (vec![], vec![1]));
        assert_eq!(texts.waste, 5);
        assert!(!texts.is_wasteful());
    }

    #[test]
    fn closed_up_nothing_is_lost_and_nothing_wasted() {
        let mut texts = Texts::default();
        let first = texts.put(1, "web01");
        texts.put(2, "web02");
        let mut place = texts.replace(first, 1, "longer than before");
        texts.put(3, "web03");
        texts.close_up(|id, to| {
            if id == 1 {
                place = to;
            }
        });
        assert_eq!((texts.waste, texts.begins.len()), (0, 3));
        assert_eq!((ids(&texts, &["web"]), ids(&texts, &["longer"])), (vec![2, 3], vec![1]));
        texts.replace(place, 1, "short");
        assert_eq!((ids(&texts, &["short"]), ids(&texts, &["longer"])), (vec![1], vec![]));
        assert_eq!(ids(&texts, &["web"]), [2, 3]);
    }
}
