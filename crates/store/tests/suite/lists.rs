//! Lists page by page: in order, whole at any depth, of one state, and of one list only.

use crate::support::{Estate, Lab, T0, Thing, at};
use cadastre_model::query::Query;
use cadastre_model::text::{fold, sort_key};
use cadastre_model::{Attr, Kind, Value};
use cadastre_store::{At, ListRequest, ListRow, Sort, SortKey, Store, StoreError, Visibility};

on_both! {
    pages_of_any_size_make_the_sorted_list
    pages_show_one_state_while_others_write
    a_mark_of_another_list_is_refused
    the_edges_of_a_page
    names_come_in_the_order_of_their_numbers
}

const COUNT: i64 = 60;

/// Sixty things: names twice each, owners three, every fifth without one.
fn things() -> Vec<Thing> {
    (1..=COUNT)
        .map(|number| {
            let mut thing = Thing::new(number, &format!("Web{}", (number * 37) % 30));
            if number % 5 != 0 {
                let owner = ["zoe", "Ben", "école"][(number % 3) as usize];
                thing.doc.attributes.insert(Attr::Owner, Value::text(owner));
            }
            if number % 4 != 0 {
                let vcpu = [1, 16, 4, -1][(number % 7 % 4) as usize];
                thing.doc.attributes.insert(Attr::Vcpu, Value::Int(vcpu));
            }
            thing
        })
        .collect()
}

fn request<'a>(query: &'a Query, at: At, visibility: &'a Visibility) -> ListRequest<'a> {
    ListRequest { query, at, visibility, sort: Sort::default(), after: None, limit: 10 }
}

async fn whole(store: &Store, first: &ListRequest<'_>) -> Vec<ListRow> {
    let mut rows = Vec::new();
    let mut after = None::<String>;
    loop {
        let request = ListRequest { after: after.as_deref(), ..first.clone() };
        let page = store.asset_list(&request).await.unwrap();
        assert!(page.next.is_none() || page.rows.len() == first.limit as usize);
        rows.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => return rows,
        }
    }
}

async fn pages_of_any_size_make_the_sorted_list(lab: Lab) {
    let things = things();
    Estate::begin(&lab.store).await.make(&lab.store, T0, &things).await;
    let point = lab.store.now(at(1)).await.unwrap();
    let (query, all) = (Query::Kind(Kind::Vm), Visibility::all());
    let value = |thing: &Thing, key: SortKey| match key {
        SortKey::Name => Some(sort_key(&thing.doc.name)),
        SortKey::Id => Some(String::new()),
        SortKey::Attr(attr) => thing.doc.attributes.get(&attr).map(|value| match value {
            Value::Int(number) => cadastre_model::terms::number_value(*number),
            text => fold(&text.to_string()),
        }),
    };
    for key in [SortKey::Name, SortKey::Id, SortKey::Attr(Attr::Owner), SortKey::Attr(Attr::Vcpu)] {
        for descending in [false, true] {
            let mut expected: Vec<&Thing> = things.iter().collect();
            expected.sort_by(|a, b| {
                let (one, other) = (value(a, key), value(b, key));
                let order = one.cmp(&other).then(a.number.cmp(&b.number));
                let order = if descending { order.reverse() } else { order };
                one.is_none().cmp(&other.is_none()).then(order)
            });
            let expected: Vec<i64> = expected.iter().map(|thing| thing.number).collect();
            for limit in [1, 7, 59, 60, 1000] {
                let sort = Sort { key, descending };
                let request = ListRequest { sort, limit, ..request(&query, point, &all) };
                let rows = whole(&lab.store, &request).await;
                let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
                assert_eq!(ids, expected, "{sort:?}, {limit} a page");
            }
        }
    }
}

async fn pages_show_one_state_while_others_write(lab: Lab) {
    let estate = Estate::begin(&lab.store).await;
    let things: Vec<Thing> = (1..=9).map(|n| Thing::new(n, &format!("web{n}"))).collect();
    estate.make(&lab.store, T0, &things).await;
    let point = lab.store.now(at(1)).await.unwrap();
    let (query, all) = (Query::All, Visibility::all());
    let request = ListRequest { limit: 3, ..request(&query, point, &all) };
    let first = lab.store.asset_list(&request).await.unwrap();

    // One already shown moves to the end, one to come moves to the front, one goes, one appears.
    let mut renamed = things[0].clone();
    renamed.doc.name = "zzz".to_owned();
    estate.change(&lab.store, at(2), &things[0], &renamed).await;
    let mut renamed = things[8].clone();
    renamed.doc.name = "aaa".to_owned();
    estate.change(&lab.store, at(3), &things[8], &renamed).await;
    estate.change(&lab.store, at(4), &things[4], &things[4].clone().gone(T0)).await;
    estate.make(&lab.store, at(5), &[Thing::new(10, "web4a")]).await;

    let mut names: Vec<String> = first.rows.into_iter().map(|row| row.doc.name).collect();
    let mut next = first.next;
    while let Some(mark) = next {
        // The caller asks for "now" each time; the mark keeps the state of the first page.
        let at = lab.store.now(at(6)).await.unwrap();
        let request = ListRequest { at, after: Some(&mark), ..request.clone() };
        let page = lab.store.asset_list(&request).await.unwrap();
        names.extend(page.rows.into_iter().map(|row| row.doc.name));
        next = page.next;
    }
    let expected: Vec<String> = (1..=9).map(|n| format!("web{n}")).collect();
    assert_eq!(names, expected);
}

async fn a_mark_of_another_list_is_refused(lab: Lab) {
    Estate::begin(&lab.store).await.make(&lab.store, T0, &things()).await;
    let point = lab.store.now(at(1)).await.unwrap();
    let (query, all) = (Query::All, Visibility::all());
    let first = request(&query, point, &all);
    let mark = lab.store.asset_list(&first).await.unwrap().next.unwrap();
    let after = Some(mark.as_str());
    let (other, some) = (Query::Kind(Kind::Vm), Visibility::only(Query::Kind(Kind::Vm)));
    let descending = Sort { descending: true, ..Sort::default() };
    let half = &mark[..mark.len() / 2];
    for wrong in [
        ListRequest { after, query: &other, ..first.clone() },
        ListRequest { after, visibility: &some, ..first.clone() },
        ListRequest { after, sort: descending, ..first.clone() },
        ListRequest { after: Some(half), ..first.clone() },
        ListRequest { after: Some(""), ..first.clone() },
        ListRequest { after: Some("zoë"), ..first.clone() },
    ] {
        let error = lab.store.asset_list(&wrong).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{error}");
        assert!(error.to_string().contains("begin at the first page"), "{error}");
    }
    // Another size of page is no other list.
    let right = ListRequest { after, limit: 3, ..first };
    assert_eq!(lab.store.asset_list(&right).await.unwrap().rows.len(), 3);
}

async fn the_edges_of_a_page(lab: Lab) {
    let (query, all) = (Query::All, Visibility::all());
    let point = lab.store.now(T0).await.unwrap();
    let first = request(&query, point, &all);
    let page = lab.store.asset_list(&first).await.unwrap();
    assert!(page.rows.is_empty() && page.next.is_none(), "an empty register");

    Estate::begin(&lab.store).await.make(&lab.store, T0, &things()).await;
    let point = lab.store.now(at(1)).await.unwrap();
    for (limit, rows, more) in [(59, 59, true), (60, 60, false), (u32::MAX, 60, false)] {
        let request = ListRequest { limit, at: point, ..first.clone() };
        let page = lab.store.asset_list(&request).await.unwrap();
        assert_eq!((page.rows.len(), page.next.is_some()), (rows, more), "{limit}");
    }
    let none = ListRequest { limit: 0, at: point, ..first };
    assert!(matches!(lab.store.asset_list(&none).await, Err(StoreError::Refused(_))));
}

async fn names_come_in_the_order_of_their_numbers(lab: Lab) {
    let names = ["web10", "Web9", "web", "100", "WEB1", "zoë", "Zebra", "web1b", ""];
    let things: Vec<Thing> = (1..).zip(names).map(|(n, name)| Thing::new(n, name)).collect();
    Estate::begin(&lab.store).await.make(&lab.store, T0, &things).await;
    let point = lab.store.now(at(1)).await.unwrap();
    let listed = crate::support::names(&lab.store, &Query::All, point).await;
    assert_eq!(listed, ["", "100", "web", "WEB1", "web1b", "Web9", "web10", "Zebra", "zoë"]);
}
