//! The pages in a real browser, with JavaScript and without, over the demo estate.
//!
//! What is done there stands in `end2end/`: scripts that Node.js runs and that drive Chromium. Each test
//! starts a demo of its own, so that no scenario sees what another did, and runs one script, whose output
//! is shown only if it fails.

mod demo;

use demo::Demo;
use std::collections::BTreeSet;

/// Makes of each flow two tests: with JavaScript and without.
macro_rules! flows {
    ($($flow:ident),+ $(,)?) => {
        const FLOWS: &[&str] = &[$(stringify!($flow)),+];

        $(mod $flow {
            #[test]
            fn with_javascript() {
                super::walk(stringify!($flow), "script");
            }

            #[test]
            fn without_javascript() {
                super::walk(stringify!($flow), "no-script");
            }
        })+
    };
}

flows![login, lookup, edit, cable, decide, source, keyboard, palette, live];

fn walk(flow: &str, script: &str) {
    let Some(demo) = Demo::start() else { return };
    if flow == "live" {
        demo.add_large_source();
    }
    demo.run("flow.mjs", &[flow, script]);
}

/// axe, console, origin, policy, width and links of every page, light and dark, wide and narrow.
#[test]
fn every_page_in_every_look() {
    if let Some(demo) = Demo::start() {
        demo.run("look.mjs", &[]);
    }
}

/// From the link that the first start prints to pages that have nothing to show yet.
#[test]
fn a_new_register() {
    if let Some(fresh) = Demo::fresh() {
        fresh.run("setup.mjs", &[]);
    }
}

#[test]
fn every_flow_is_walked() {
    let folder = cadastre_tests::lab::repository().join("end2end/flows");
    let files = std::fs::read_dir(folder).unwrap();
    let there: BTreeSet<String> = files
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let walked: BTreeSet<String> = FLOWS.iter().map(|flow| (*flow).to_owned()).collect();
    assert_eq!(there, walked);
}
