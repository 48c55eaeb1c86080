//! The frame of every page.
use crate::assets::address;
use maud::{DOCTYPE, Markup, html};

/// What a page is called and where it stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page<'a> {
    /// Title.
    pub title: &'a str,
    /// Which link of the navigation it belongs to.
    pub here: &'a str,
    /// What was searched for.
    pub query: &'a str,
    /// Shown above everything.
    pub demo: bool,
    /// Takes the whole width.
    pub wide: bool,
}

const LINKS: [(&str, &str); 6] = [
    ("/", "Review"),
    ("/taper", "Taper"),
    ("/drugs", "Drugs"),
    ("/rules", "Rules"),
    ("/sources", "Sources"),
    ("/feedback", "Feedback"),
];

/// Attributes of script: no inline indicator style, no evaluation, no page kept by the script's own history.
const HTMX: &str = r#"{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"historyCacheSize":0,"historyEnabled":false,"selfRequestsOnly":true,"scrollBehavior":"auto"}"#;

/// A whole page.
pub fn page(p: &Page<'_>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="htmx-config" content=(HTMX);
                title { (p.title) " – Posology" }
                link rel="icon" type="image/svg+xml" href=(address("icon.svg"));
                link rel="stylesheet" href=(address("look.css"));
                link rel="stylesheet" href=(address("page.css"));
                script src=(address("htmx.js")) defer {}
                script src=(address("page.js")) defer {}
            }
            body class=(if p.wide { "wide" } else { "narrow" }) {
                a class="nhsuk-skip-link" href="#main" { "Skip to the content" }
                header class="bar-top" {
                    div class="nhsuk-width-container bar-inside" {
                        a class="brand" href="/" { "Posology" }
                        nav aria-label="Parts" {
                            ul class="bar-links" {
                                @for (to, words) in LINKS {
                                    li { a href=(to) aria-current=[(to == p.here).then_some("page")] { (words) } }
                                }
                            }
                        }
                        form class="bar-search" action="/search" method="get" role="search" {
                            label class="nhsuk-u-visually-hidden" for="q" { "Search drugs, rules, classes, interactions, sources" }
                            input class="nhsuk-input" id="q" name="q" type="search" value=(p.query) placeholder="drug, rule, source" autocomplete="off" maxlength="200";
                            button class="bar-button" type="submit" { "Search" }
                        }
                    }
                }
                @if p.demo {
                    div class="demo" { div class="nhsuk-width-container" { strong { "Demonstration." } " The people in the examples do not exist." } }
                }
                div class="nhsuk-width-container" {
                    main class="nhsuk-main-wrapper" id="main" tabindex="-1" { (body) }
                }
                footer class="bar-bottom" {
                    div class="nhsuk-width-container" {
                        p { "Decision support for professionals: it informs, a clinician decides. It places no order. What it did not assess is named; no finding is no proof of safety." }
                        p { "What is entered stays on the machine that serves this page; nothing is kept." }
                    }
                }
            }
        }
    }
}
