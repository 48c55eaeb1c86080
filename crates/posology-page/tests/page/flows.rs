use crate::support::{LIST, TAPER, field, get, post};
use axum::http::{StatusCode, header};

#[tokio::test]
async fn a_review_ranks_findings_and_says_what_was_not_assessed() {
    let a = post("/review", &[("list", LIST)]).await;
    assert_eq!(a.status, StatusCode::OK);
    let t = a.text();
    assert!(t.contains("Stop and decide") && t.contains("Opioid with benzodiazepine or Z-drug"));
    let at = |id: &str| t.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}"));
    assert!(at("critical") < at("serious") && at("serious") < at("caution") && at("caution") < at("note"));
    assert!(t.contains("id=\"not-assessed\"") && t.contains("href=\"/rule/opioid-with-benzodiazepine\""));
    for chart in ["timeline", "load", "ratios", "concentration"] {
        assert!(t.contains(&format!("<figure class=\"chart\" id=\"{chart}\"")), "{chart}");
    }
    assert_eq!(t.matches("role=\"img\"").count(), t.matches("<desc ").count());
    assert_eq!(a.header(header::CACHE_CONTROL), "no-store");
}

#[tokio::test]
async fn what_is_unknown_is_named_on_both_pages() {
    let list = [(
        "list",
        "xylofantine 20 mg tablet, 1 twice a day\ndiazepam, since 2026-10-01\norder: zzyzzx 5 mg daily",
    )];
    let resolved = post("/resolve", &list).await.text();
    assert!(resolved.contains("Not recognised: </strong>xylofantine"), "{resolved}");
    assert!(resolved.contains("1 of 3 entries"), "{resolved}");
    let review = post("/review", &list).await.text();
    assert!(review.contains("xylofantine") && review.contains("names no drug that the knowledge holds"));
    assert!(!review.contains("Not assessed (0)"));
}

#[tokio::test]
async fn known_fields_hold_over_the_list() {
    let a = post("/review", &[("list", LIST), ("age", "41"), ("weight", "80"), ("egfr", "25")]).await.text();
    assert!(
        a.contains("Female, 41 years, 80 kg, eGFR 25"),
        "{}",
        &a[a.find("class=\"meta\"").unwrap_or(0)..][..200]
    );
    let bad = post("/review", &[("list", LIST), ("age", "very old")]).await.text();
    assert!(bad.contains("Age") && bad.contains("was not understood"));
}

#[tokio::test]
async fn a_change_is_tried_shown_as_a_difference_and_undone() {
    let stop = post("/review", &[("list", TAPER), ("change", "stop:diazepam")]).await.text();
    assert!(stop.contains("If you stop diazepam") && stop.contains("class=\"nhsuk-tag change-tag\">new"));
    let halve = post("/review", &[("list", TAPER), ("change", "halve:diazepam")]).await.text();
    assert!(halve.contains("If you halve diazepam") && halve.contains("7.5 mg"));
    let start =
        post("/review", &[("list", TAPER), ("start", "oxycodone 10 mg tablet, 1 every 6 hours, for pain")])
            .await
            .text();
    assert!(start.contains("+ New (") && start.contains("Opioid with benzodiazepine or Z-drug"));
    let both = [("list", TAPER), ("change", "stop:diazepam"), ("undo", "stop:diazepam")];
    assert!(!post("/review", &both).await.text().contains("id=\"difference\""));
    let unknown = post("/review", &[("list", TAPER), ("change", "halve:warfarin")]).await.text();
    assert!(unknown.contains("warfarin is not taken, so it cannot be halved"));
}

#[tokio::test]
async fn the_curve_of_another_drug() {
    let a = post("/curve", &[("list", TAPER), ("curve", "diazepam")]).await.text();
    assert!(a.starts_with("<div id=\"curves\">") && a.contains("Concentration of diazepam"));
    // A stop falls: the last mean is below the first.
    let b =
        post("/curve", &[("list", TAPER), ("curve", "diazepam"), ("change", "stop:diazepam")]).await.text();
    assert!(b.contains("with the change") && b.contains("as recorded"));
}

#[tokio::test]
async fn a_taper_is_planned_adjusted_and_taken_along() {
    let base = [("list", TAPER), ("as-of", "2026-11-24"), ("drug", "diazepam")];
    let a = post("/taper", &base).await.text();
    assert!(
        a.contains("Taper of diazepam") && a.contains("Risk first") && a.contains("From 15 mg a day"),
        "{a}"
    );
    let plan = field(&a, "plan").expect("the plan travels in the form");
    let with = |more: &[(&'static str, &'static str)]| {
        let mut f: Vec<(&str, String)> = base.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        f.push(("plan", plan.clone()));
        f.extend(more.iter().map(|(k, v)| (*k, (*v).to_owned())));
        f
    };
    let call = |path: &'static str, f: Vec<(&'static str, String)>| async move {
        let f: Vec<(&str, &str)> = f.iter().map(|(k, v)| (*k, v.as_str())).collect();
        post(path, &f).await
    };
    let held = call("/taper/adjust", with(&[("event", "hold 7 days"), ("on", "2026-12-10")])).await.text();
    assert!(held.contains("2026-12-10: hold 7 days"), "{held}");
    let refused = call("/taper/adjust", with(&[("event", "dance"), ("on", "2026-12-10")])).await.text();
    assert!(refused.contains("is no event") && refused.contains("Taper of diazepam"));
    for (path, begins) in [
        ("/taper/plan.json", "{"),
        ("/taper/fhir.json", "{"),
        ("/taper/plan.csv", ""),
        ("/taper/plan.ics", "BEGIN:VCALENDAR"),
        ("/leaflet.pdf", "%PDF-"),
    ] {
        let file = call(path, with(&[])).await;
        assert_eq!(file.status, StatusCode::OK, "{path}: {}", file.text());
        assert!(file.bytes.len() > 200 && file.bytes.starts_with(begins.as_bytes()), "{path}");
    }
    let none = post("/taper", &[("drug", "diazepam")]).await.text();
    assert!(none.contains("There is no plan") && none.contains("is not known"));
    let alone = post("/taper", &[("drug", "diazepam"), ("dose", "5 mg three times a day")]).await.text();
    assert!(alone.contains("Nothing is known of the patient"));
    let bad = post("/taper", &[("drug", "diazepam"), ("dose", "5 mg three times a day"), ("pace", "fast")])
        .await
        .text();
    assert!(bad.contains("is not read as a pace"));
}

#[tokio::test]
async fn papers() {
    let d = post("/decision.pdf", &[("list", LIST)]).await;
    assert!(d.status == StatusCode::OK && d.bytes.starts_with(b"%PDF-"));
    assert_eq!(d.header(header::CONTENT_TYPE), "application/pdf");
    let nothing = post("/decision.pdf", &[("list", "warfarin 5 mg tablet, 1 daily")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", nothing.text());
    let unknown = post("/leaflet.pdf", &[("drug", "nothing")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn pages_that_are_reached_by_post_lead_home_by_get() {
    for path in ["/review", "/enter", "/taper/adjust"] {
        let a = get(path).await;
        assert_eq!((a.status, a.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/"), "{path}");
    }
}

#[tokio::test]
async fn every_example_opens_and_can_be_reviewed() {
    let home = get("/").await.text();
    let ids: Vec<&str> = home.split("/?example=").skip(1).filter_map(|x| x.split('"').next()).collect();
    assert_eq!(ids.len(), 6);
    for id in ids {
        let page = get(&format!("/?example={id}")).await.text();
        let list = page
            .split("hx-encoding=\"application/x-www-form-urlencoded\">")
            .nth(1)
            .and_then(|x| x.split("</textarea>").next())
            .expect("the list");
        let list = list.replace("&amp;", "&").replace("&lt;", "<").replace("&quot;", "\"");
        let record = field(&page, "record").unwrap_or_default();
        let a = post(
            "/review",
            &[("list", &list), ("record", &record), ("record-name", "example"), ("as-of", "2026-11-24")],
        )
        .await;
        assert!(a.text().contains("id=\"not-assessed\""), "{id}");
    }
}
