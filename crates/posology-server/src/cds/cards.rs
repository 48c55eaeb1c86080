//! From a review to cards: at most five, at most one critical, everything else summed up in one.
use super::read::{Draft, Gathered};
use super::request::Hook;
use super::suggest;
use super::text::{address, markdown, segment, summary};
use super::wire::{Card, Coding, HookResponse, Link, Source};
use crate::ids::Secret;
use crate::store::Override;
use posology_knowledge::{KnowledgeBase, ResolvedCase};
use posology_model::{Action, Finding, NotAssessed, Review, Severity};
use posology_review::{Context, Settings, fingerprint, rule};
use std::fmt::Write as _;

/// Most cards of an answer.
pub const MOST_CARDS: usize = 5;

/// System of the codes that this service makes.
pub const SYSTEM: &str = "https://github.com/posology/posology";

/// Lines of the card that sums up.
const MOST_LINES: usize = 12;

/// Reasons to choose from on overriding.
pub const OVERRIDE_REASONS: [(&str, &str); 7] = [
    ("benefit-outweighs-risk", "Benefit outweighs the risk for this patient"),
    ("monitored", "The patient is monitored for this"),
    ("tolerated-before", "Taken together before and tolerated"),
    ("palliative", "Palliative or end-of-life care"),
    ("patient-declines", "The patient declines a change"),
    ("record-out-of-date", "The record is wrong or out of date"),
    ("not-applicable", "Does not apply to this patient"),
];

/// What cards are made from.
pub struct Basis<'a> {
    /// Hook.
    pub hook: Hook,
    /// Facts.
    pub kb: &'a KnowledgeBase,
    /// Settings of the review.
    pub settings: &'a Settings,
    /// The case as read.
    pub gathered: &'a Gathered,
    /// The case as resolved.
    pub case: &'a ResolvedCase,
    /// The review.
    pub review: &'a Review,
    /// Findings that a clinician has overridden, by index.
    pub overridden: &'a [(usize, Override)],
    /// Start of the addresses of this service.
    pub base: &'a str,
    /// Number of the review.
    pub number: u64,
    /// Seals ids.
    pub secret: &'a Secret,
}

/// Cards, and which finding has which place and fingerprint.
#[derive(Debug, Default)]
pub struct Made {
    /// The answer.
    pub response: HookResponse,
    /// Index of a finding, place of its card, drugs and doses behind it.
    pub slots: Vec<(usize, u8, String)>,
}

/// Makes the answer of a hook.
pub fn make(b: &Basis<'_>) -> Made {
    let ctx = Context::new(b.case, b.kb, b.settings);
    let chosen: Vec<usize> = (0..b.review.findings.len()).filter(|i| stands_alone(b, *i)).collect();
    let gaps = grave_gaps(b);
    let rest_exists = b.review.findings.len() > chosen.len() || !gaps.is_empty();
    let room = if chosen.len() > MOST_CARDS || chosen.len() == MOST_CARDS && rest_exists {
        MOST_CARDS - 1
    } else {
        MOST_CARDS
    };
    let alone: Vec<usize> = chosen.into_iter().take(room).collect();
    let mut made = Made::default();
    for (slot, i) in alone.iter().enumerate() {
        let slot = slot as u8;
        let f = &b.review.findings[*i];
        let mut c = card(b, &ctx, f, slot);
        if let Some((_, o)) = b.overridden.iter().find(|x| x.0 == *i) {
            mark_overridden(&mut c, f, o);
        }
        made.response.cards.push(c);
        made.slots.push((*i, slot, fingerprint(f, &ctx)));
    }
    let rest: Vec<&Finding> =
        b.review.findings.iter().enumerate().filter(|(i, _)| !alone.contains(i)).map(|(_, f)| f).collect();
    if let Some(c) = sum_up(b, &rest, &gaps, alone.is_empty(), alone.len() as u8) {
        made.response.cards.push(c);
    }
    made.response.extension = Some(extension(b.review, &b.gathered.gaps));
    made
}

/// Whether a finding gets a card of its own. Few do: what is about the order, and what is serious in a chart that is opened.
fn stands_alone(b: &Basis<'_>, i: usize) -> bool {
    let f = &b.review.findings[i];
    // What is critical and was overridden stays in sight everywhere.
    if b.overridden.iter().any(|x| x.0 == i) {
        return true;
    }
    match b.hook {
        Hook::PatientView => f.severity >= Severity::Serious,
        Hook::OrderSign => f.interruptive || f.about_order && f.severity >= Severity::Serious,
        Hook::OrderSelect => {
            f.interruptive || f.about_order && f.severity >= Severity::Serious && concerns_selection(b, f)
        }
    }
}

/// Whether a finding is about an order that was just chosen.
fn concerns_selection(b: &Basis<'_>, f: &Finding) -> bool {
    if b.gathered.drafts.iter().all(|d| d.selected) {
        return true;
    }
    let selected: Vec<&str> = b
        .gathered
        .drafts
        .iter()
        .filter(|d| d.selected)
        .filter_map(|d| d.order.and_then(|o| b.gathered.case.orders.get(o)))
        .map(|o| o.medication.path.as_str())
        .collect();
    b.case
        .exposures
        .iter()
        .filter(|e| selected.contains(&e.path.as_str()))
        .any(|e| f.substances.iter().any(|s| s.id == b.kb.substance(e.substance).id))
}

fn card(b: &Basis<'_>, ctx: &Context<'_>, f: &Finding, slot: u8) -> Card {
    let indicator = match f.severity {
        Severity::Critical if f.interruptive => "critical",
        Severity::Critical | Severity::Serious => "warning",
        Severity::Caution | Severity::Note => "info",
    };
    let suggestions = suggest::suggestions(b, ctx, f, slot);
    Card {
        uuid: b.secret.seal(b.number, slot),
        summary: summary(&f.title),
        detail: detail(b, f),
        indicator,
        source: source(b.base, Some(&f.rule)),
        selection_behavior: (!suggestions.is_empty()).then_some("at-most-one"),
        suggestions,
        override_reasons: OVERRIDE_REASONS
            .iter()
            .map(|(code, display)| Coding {
                system: format!("{SYSTEM}/override-reasons"),
                code: (*code).into(),
                display: (*display).into(),
            })
            .collect(),
        links: links(b, f),
    }
}

/// Says on a card that its finding was overridden: by which reason, when, and how long that holds.
fn mark_overridden(c: &mut Card, f: &Finding, o: &Override) {
    let reason = OVERRIDE_REASONS.iter().find(|r| r.0 == o.reason).map(|r| r.1);
    let reason = reason.map(str::to_owned).or_else(|| Some(o.reason.clone()).filter(|r| !r.is_empty()));
    let when = o.at.get(..10).unwrap_or("an unknown day");
    c.summary = summary(&format!("Overridden on {when}: {}", f.title));
    let why = reason.map_or_else(|| "no reason was given".to_owned(), |r| markdown(&r));
    c.detail = format!(
        "**Overridden on {when}: {why}.** It stays critical, and interrupts again when a drug or a dose changes, or after {}.\n\n{}",
        o.until, c.detail
    );
}

/// Where a card comes from: the rule's page.
pub fn source(base: &str, id: Option<&str>) -> Source {
    let topic = id.map(|id| Coding {
        system: format!("{SYSTEM}/rules"),
        code: id.to_owned(),
        display: rule(id).map_or_else(|| id.replace('-', " "), |r| r.summary.to_owned()),
    });
    Source {
        label: "Posology".into(),
        url: Some(id.map_or_else(|| format!("{base}/"), |id| format!("{base}/rule/{}", segment(id)))),
        topic,
    }
}

fn detail(b: &Basis<'_>, f: &Finding) -> String {
    let mut out = markdown(&f.detail);
    if f.interruptive
        && let Some(m) = b.review.interruption.as_ref().filter(|m| !m.also.is_empty())
    {
        let _ = write!(out, "\n\n**Also critical:** {}", markdown(&m.also.join("; ")));
    }
    if !f.actions.is_empty() {
        out.push('\n');
    }
    for Action { text, .. } in &f.actions {
        let _ = write!(out, "\n- {}", markdown(text));
    }
    let mut seen: Vec<&str> = Vec::new();
    for e in &f.evidence {
        if seen.contains(&e.source_id.as_str()) || seen.len() == 6 {
            continue;
        }
        if seen.is_empty() {
            out.push_str("\n\nSources: ");
        } else {
            out.push_str("; ");
        }
        seen.push(&e.source_id);
        let title = markdown(&e.source);
        match e.url.as_deref().and_then(address) {
            Some(url) => {
                let _ = write!(out, "[{title}]({url})");
            }
            None => out.push_str(&title),
        }
        if e.confidence != posology_model::Confidence::Verified {
            out.push_str(" (not looked up at the source)");
        }
    }
    let _ = write!(
        out,
        "\n\nAs of {}, knowledge {}. Decision support: it informs, the clinician decides.",
        b.review.as_of, b.review.knowledge_version
    );
    out
}

fn links(b: &Basis<'_>, f: &Finding) -> Vec<Link> {
    let link =
        |label: String, path: String| Link { label, url: format!("{}{path}", b.base), kind: "absolute" };
    let mut out = vec![link(
        "Why this rule speaks, and when it is silent".into(),
        format!("/rule/{}", segment(&f.rule)),
    )];
    if let Some(s) = suggest::taper_of(b.kb, f) {
        out.push(link(format!("Plan a taper of {}", s.name), format!("/taper?drug={}", segment(&s.id))));
    }
    out
}

/// What was not assessed and must be seen: an order or a drug that was not recognised, a dose of an order that could not be read.
fn grave_gaps(b: &Basis<'_>) -> Vec<NotAssessed> {
    let mut out: Vec<NotAssessed> = b.gathered.gaps.clone();
    for n in &b.review.not_assessed {
        let about_draft = n.what.contains("context.draftOrders");
        let drug = n.what.starts_with("the daily dose of");
        let unknown = b.case.not_assessed.contains(n) && !n.what.starts_with("allergy");
        let empty = n.what == "medication" || n.what.starts_with("whether these are still taken");
        if (unknown || empty || about_draft && drug) && !out.contains(n) {
            out.push(n.clone());
        }
    }
    out
}

/// One card for everything else; `None` where there is nothing to say.
fn sum_up(b: &Basis<'_>, rest: &[&Finding], gaps: &[NotAssessed], only: bool, slot: u8) -> Option<Card> {
    if rest.is_empty() && gaps.is_empty() {
        return None;
    }
    let count = |s: Severity| rest.iter().filter(|f| f.severity == s).count();
    let mut parts: Vec<String> = Vec::new();
    for s in [Severity::Critical, Severity::Serious, Severity::Caution, Severity::Note] {
        let n = count(s);
        if n > 0 {
            // "critical" and "serious" stand for findings; "caution" and "note" are words that have a plural.
            let plural = if n > 1 && s < Severity::Serious { "s" } else { "" };
            parts.push(format!("{n} {}{plural}", s.as_str()));
        }
    }
    let more = if only { "Findings" } else { "Further findings" };
    let head = match (parts.is_empty(), gaps.is_empty()) {
        (false, true) => format!("{more}: {}", parts.join(", ")),
        (false, false) => format!("{} not assessed: see details. {more}: {}", gaps.len(), parts.join(", ")),
        (true, _) => {
            format!("Not assessed: {}", gaps.iter().map(|g| g.what.as_str()).collect::<Vec<_>>().join("; "))
        }
    };
    let mut out = String::new();
    if !gaps.is_empty() {
        out.push_str("**Not assessed**\n");
        for g in gaps.iter().take(MOST_LINES) {
            let _ = write!(out, "\n- {}: {}", markdown(&g.what), markdown(&g.why));
        }
        more_lines(&mut out, gaps.len());
        out.push_str("\n\n");
    }
    if !rest.is_empty() {
        let _ = writeln!(out, "**{more}**");
        for f in rest.iter().take(MOST_LINES) {
            let mark = if f.about_order { " (this order)" } else { "" };
            let _ = write!(out, "\n- {}: {}{mark}", f.severity.as_str(), markdown(&f.title));
        }
        more_lines(&mut out, rest.len());
        out.push_str("\n\n");
    }
    let _ = write!(out, "As of {}, knowledge {}.", b.review.as_of, b.review.knowledge_version);
    let grave = !gaps.is_empty() || rest.iter().any(|f| f.severity >= Severity::Serious);
    Some(Card {
        uuid: b.secret.seal(b.number, slot),
        summary: summary(&head),
        detail: out,
        // A gap is no finding, but it must not look like a remark: nothing was checked there.
        indicator: if grave && (only || !gaps.is_empty()) { "warning" } else { "info" },
        source: source(b.base, None),
        suggestions: Vec::new(),
        selection_behavior: None,
        override_reasons: Vec::new(),
        links: Vec::new(),
    })
}

fn more_lines(out: &mut String, n: usize) {
    if n > MOST_LINES {
        let _ = write!(out, "\n- and {} more", n - MOST_LINES);
    }
}

/// For programs: everything that was not assessed or is quiet.
fn extension(review: &Review, gaps: &[NotAssessed]) -> serde_json::Value {
    let all: Vec<&NotAssessed> = gaps.iter().chain(&review.not_assessed).collect();
    serde_json::json!({
        "org.posology.review": {
            "asOf": review.as_of.to_string(),
            "knowledgeVersion": review.knowledge_version,
            "jurisdiction": review.jurisdiction,
            "findings": review.findings.len(),
            "notAssessed": all,
            "silenced": review.silenced,
        }
    })
}

/// The draft that an exposure came from.
pub fn draft_of<'g>(g: &'g Gathered, path: &str) -> Option<&'g Draft> {
    let order = g.case.orders.iter().position(|o| o.medication.path == path)?;
    g.drafts.iter().find(|d| d.order == Some(order))
}
