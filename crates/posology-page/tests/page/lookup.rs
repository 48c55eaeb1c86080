use crate::support::{app, get, kb, send, state};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use posology_page::{FeedbackSource, RuleFeedback, router};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

fn all() -> Vec<String> {
    let kb = kb();
    let c = &kb.corpus;
    let fixed = [
        "/",
        "/taper",
        "/drugs",
        "/rules",
        "/classes",
        "/sources",
        "/interactions",
        "/feedback",
        "/search?q=diazepam",
    ];
    let mut out: Vec<String> = fixed.iter().map(|s| (*s).to_owned()).collect();
    out.extend(c.substances.iter().map(|s| format!("/drug/{}", s.id)));
    out.extend(c.classes.iter().map(|s| format!("/class/{}", s.id)));
    out.extend(c.sources.iter().map(|s| format!("/source/{}", s.id)));
    out.extend(c.interactions.iter().map(|s| format!("/interaction/{}", s.id)));
    out.extend(posology_review::RULES.iter().map(|r| format!("/rule/{}", r.id)));
    out
}

/// Addresses within the page that a page links to.
fn links(html: &str) -> Vec<String> {
    html.split("href=\"/")
        .skip(1)
        .filter_map(|x| x.split('"').next())
        .map(|x| format!("/{}", x.split('#').next().unwrap_or(x)).replace("&amp;", "&"))
        .collect()
}

#[tokio::test]
async fn every_fact_has_a_page_every_link_leads_somewhere_and_nothing_is_inline() {
    let known: std::collections::BTreeSet<String> = all().into_iter().collect();
    let mut wrong: Vec<String> = Vec::new();
    let mut others: std::collections::BTreeSet<String> = std::collections::BTreeSet::new();
    for path in &known {
        let a = get(path).await;
        if a.status != StatusCode::OK {
            wrong.push(format!("{path}: {}", a.status));
            continue;
        }
        let t = a.text();
        for mark in [" style=", "<style", "<script>", "javascript:", " onclick=", " onload="] {
            if t.contains(mark) {
                wrong.push(format!("{path}: {mark}"));
            }
        }
        if t.matches("<h1").count() != 1 || !t.contains("<title>") {
            wrong.push(format!("{path}: not one first heading"));
        }
        others.extend(links(&t).into_iter().filter(|l| !known.contains(l)));
    }
    for l in others {
        let a = get(&l).await;
        if !a.status.is_success() {
            wrong.push(format!("a link leads to {l}: {}", a.status));
        }
    }
    assert!(wrong.is_empty(), "{} wrong, for example {:#?}", wrong.len(), &wrong[..wrong.len().min(12)]);
}

#[tokio::test]
async fn names_lead_to_the_drug_and_a_corrected_one_says_so() {
    let brand = get("/drug/Valium").await;
    assert_eq!((brand.status, brand.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/drug/diazepam"));
    let corrected = get("/drug/diazepan").await.text();
    assert!(corrected.contains("was read as diazepam"));
    let none = get("/drug/nothing-of-that-name").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    assert!(
        none.text().contains("the knowledge holds no drug")
            || none.text().contains("The knowledge holds no drug")
    );
    for path in ["/rule/none", "/class/none", "/source/none", "/interaction/none", "/assets/none"] {
        assert_eq!(get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_search_forgives() {
    for (q, wanted) in [
        ("diazepan", "/drug/diazepam"),
        ("valium", "/drug/diazepam"),
        ("diazepam%20fluvoxamine", "/interaction/"),
        ("fluvoxamine%20and%20diazepam", "/interaction/"),
        ("opioid%20benzodiazepin", "/rule/opioid-with-benzodiazepine"),
        ("benzodiazepines", "/class/benzodiazepine"),
        ("sedaton%20load", "/rule/sedation-load"),
    ] {
        let t = get(&format!("/search?q={q}")).await.text();
        assert!(t.contains(&format!("href=\"{wanted}")), "{q}: no {wanted}");
    }
    assert!(get("/search?q=qqqqzzzz").await.text().contains("says nothing about its safety"));
    assert!(get("/search").await.text().contains("typing errors are forgiven"));
}

#[tokio::test]
async fn assets_are_named_by_their_content_and_the_first_page_is_light() {
    let home = get("/").await;
    let mut sum = home.bytes.len();
    for l in links(&home.text()).into_iter().chain(
        home.text().split("src=\"/").skip(1).filter_map(|x| x.split('"').next()).map(|x| format!("/{x}")),
    ) {
        if l.starts_with("/assets/") {
            let a = get(&l).await;
            assert!(a.header(header::CACHE_CONTROL).contains("immutable"), "{l}");
            sum += a.bytes.len();
        }
    }
    // Without compression; the browser test counts what is transferred.
    assert!(sum > 50_000 && sum < 130_000, "{sum} bytes");
}

struct Told(Result<Vec<RuleFeedback>, String>);

impl FeedbackSource for Told {
    fn by_rule(&self) -> Pin<Box<dyn Future<Output = Result<Vec<RuleFeedback>, String>> + Send + '_>> {
        let answer = self.0.clone();
        Box::pin(async move { answer })
    }
}

#[tokio::test]
async fn feedback_shows_overrides_and_never_hides_a_fault() {
    let ask = |source: Told| {
        let app = router(state().feedback(Arc::new(source)));
        async move { send(app, Request::get("/feedback").body(Body::empty()).expect("a request")).await.text() }
    };
    let reasons = BTreeMap::from([("known <risk>".to_owned(), 18), (String::new(), 1)]);
    let one =
        RuleFeedback { rule: "naloxone-missing".into(), shown: 30, accepted: 1, overridden: 19, reasons };
    let t = ask(Told(Ok(vec![one]))).await;
    assert!(
        t.contains("look at this rule")
            && t.contains("95 % (76 % to 99 %)")
            && t.contains("known &lt;risk&gt; (18)"),
        "{t}"
    );
    assert!(ask(Told(Err("the disk is full".into()))).await.contains("the disk is full"));
    assert!(ask(Told(Ok(Vec::new()))).await.contains("No answers yet"));
    let without = send(app(), Request::get("/feedback").body(Body::empty()).expect("a request")).await.text();
    assert!(without.contains("keeps no answers"));
}
