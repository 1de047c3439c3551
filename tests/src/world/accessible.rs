//! What axe-core says of a page, in both colour schemes.

use serde_json::json;

use super::{Page, SCHEMES, place};

/// What is broken, as axe-core tells it: WCAG 2.2 A and AA, and what it calls best practice.
const RUN: &str = "
return axe
  .run(document.querySelector(arguments_of), {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
  })
  .then(({ violations, passes }) => ({
    rules: passes.length,
    broken: violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.target.flat().join(' ') + ': ' + node.failureSummary)),
  }));";

/// Fails if anything within the element `within` (a CSS selector) is broken for somebody.
pub async fn assert_accessible(page: &Page, within: &str, state: &str) {
    if page.run("return typeof axe").await == "undefined" {
        let axe = std::fs::read_to_string(place::root().join("node_modules/axe-core/axe.min.js")).expect("axe-core");
        page.run(&format!("{axe}; window.axe = axe")).await;
    }
    for scheme in SCHEMES {
        page.use_scheme(scheme).await;
        let found = page.run(&RUN.replace("arguments_of", &format!("'{within}'"))).await;
        assert_eq!(found["broken"], json!([]), "{state}, {scheme}");
        assert!(found["rules"].as_i64().is_some_and(|rules| rules > 5), "{state}: something was looked at: {found}");
    }
}
