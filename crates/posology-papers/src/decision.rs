//! The decision sheet: one page, for clinician and patient together. Benefits, risks and options side by side, with absolute figures where
//! there are any, each with its source.
mod figures;

use crate::document::{Block, Cell, Document, Field, Kind, Language, Line, Paper, Table, Tone, clean};
use crate::words::{is, number};
use figures::{Notes, about};
use posology_knowledge::schema::{Confidence as Founded, Jurisdiction, UseBasis};
use posology_knowledge::{ConditionIx, Exposure, KnowledgeBase, Origin, ResolvedCase, SubstanceIx};
use posology_model::{Review, Severity};
use posology_review::{Context, Settings, Taken, review, uses_for};

/// Most findings named.
const MOST_FINDINGS: usize = 5;
/// Most gaps named.
const MOST_GAPS: usize = 4;
/// Longest text of a gap, characters.
const LONGEST_GAP: usize = 140;
/// Most lines in a cell.
const MOST_LINES: usize = 6;
/// What stands where the knowledge has no figure.
const NO_FIGURE: &str = "No figure in the knowledge; ask the source of your choice.";

/// What the sheet is, and is not.
const NOT_AN_ORDER: &str = "? marks a figure not looked up at its source. Decision support for clinician and patient: not an order and not a prescription; it recommends obtaining or increasing no controlled drug.";

/// Why there is nothing to decide on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// No order that names a known drug, and no benzodiazepine, Z-drug, opioid or gabapentinoid is taken.
    #[error(
        "there is nothing to decide: no order names a drug that the knowledge holds, and no sedative or opioid is taken"
    )]
    NothingToDecide,
}

/// What the sheet is about.
struct Question<'a> {
    drug: SubstanceIx,
    exposure: &'a Exposure,
    stop: bool,
    /// Taken at the date, before any order.
    taken_now: bool,
}

/// Writes the decision sheet about the first order of a case; without an order, about the sedative or opioid that is taken.
///
/// # Errors
/// When there is nothing to decide.
pub fn decision(
    kb: &KnowledgeBase,
    case: &ResolvedCase,
    settings: &Settings,
) -> Result<Document, DecisionError> {
    let ctx = Context::new(case, kb, settings);
    let q = question(&ctx).ok_or(DecisionError::NothingToDecide)?;
    let review = review(case, kb, settings);
    let mut notes = Notes::new(kb);
    let name = &kb.substance(q.drug).name;
    let what = if q.stop { format!("stop {name}") } else { clean(&q.exposure.product) };
    let reasons = reasons(&ctx, &q);
    let title = match reasons.first() {
        Some(r) => format!("Decision sheet: {what} for {}", kb.condition_file(*r).name),
        None => format!("Decision sheet: {what}"),
    };
    let mut blocks = vec![
        Block::Heading { level: 1, text: title.clone() },
        Block::Paragraph { text: person(&ctx, &q), strong: false },
    ];
    if reasons.is_empty() {
        blocks.push(Block::Gap {
            label: "What it is for (not recorded; no benefit can be judged without it)".to_owned(),
        });
    }
    blocks.extend(findings(&review, &mut notes));
    blocks.push(Block::Table(options(&ctx, &q, &reasons, &mut notes)));
    blocks.push(Block::Table(harms(&ctx, &q, &mut notes)));
    blocks.extend(gaps(&review));
    let fields = [
        "What matters most to the patient",
        "Decision, and when to look again",
        "Patient and clinician, date",
    ]
    .map(|l| Field { label: l.to_owned(), value: None });
    blocks.push(Block::Fields { fields: fields.into() });
    blocks.push(Block::Sources { items: notes.items() });
    blocks.push(Block::Small { text: NOT_AN_ORDER.to_owned() });
    Ok(Document {
        kind: Kind::Decision,
        language: Language::En,
        paper: match settings.jurisdiction {
            Jurisdiction::Us => Paper::UsLetter,
            Jurisdiction::Uk => Paper::A4,
        },
        title,
        subject: "Benefits, risks and options for a shared decision".to_owned(),
        date: settings.as_of,
        mark: None,
        footer: format!("As of {}, knowledge {}", settings.as_of, kb.version()),
        blocks,
    })
}

fn question<'a>(ctx: &Context<'a>) -> Option<Question<'a>> {
    let order = ctx.case.exposures.iter().find(|e| e.origin != Origin::Record);
    let exposure = order.or_else(|| {
        const CLASSES: [&str; 4] = ["benzodiazepine", "z-drug", "opioid", "gabapentinoid"];
        CLASSES
            .iter()
            .find_map(|c| ctx.now.iter().find(|t| is(ctx.kb, t.substance, c))?.parts.first().copied())
    })?;
    Some(Question {
        drug: exposure.substance,
        exposure,
        stop: exposure.origin == Origin::ProposedStop,
        taken_now: ctx.taken_now(exposure.substance).is_some(),
    })
}

/// Reasons of the order, or of what is taken now.
fn reasons(ctx: &Context<'_>, q: &Question<'_>) -> Vec<ConditionIx> {
    let mut out: Vec<ConditionIx> = q.exposure.reasons.to_vec();
    if out.is_empty() {
        out.extend(
            ctx.taken_now(q.drug)
                .iter()
                .flat_map(|t: &&Taken<'_>| &t.parts)
                .flat_map(|p| p.reasons.iter().copied()),
        );
    }
    out.dedup();
    out
}

fn person(ctx: &Context<'_>, q: &Question<'_>) -> String {
    let mut parts = Vec::new();
    parts.push(
        ctx.age.map_or_else(|| "age not recorded".to_owned(), |a| format!("{} years", number(a.floor()))),
    );
    parts.push(match ctx.sex {
        Some(posology_model::Sex::Female) => "female".to_owned(),
        Some(posology_model::Sex::Male) => "male".to_owned(),
        None => "sex not recorded".to_owned(),
    });
    let daily = |d: Option<(f64, f64)>| match d {
        Some((a, b)) if a == b => format!("{} mg a day", number(a)),
        Some((a, b)) => format!("{} to {} mg a day", number(a), number(b)),
        None => "daily dose not known".to_owned(),
    };
    if let Some(t) = ctx.taken_now(q.drug) {
        let since = t.since().map_or_else(|| "start not recorded".to_owned(), |s| format!("since {s}"));
        parts.push(format!("takes {} now, {}, {since}", ctx.name(q.drug), daily(t.daily_mg)));
    }
    if !q.stop && q.exposure.origin == Origin::ProposedStart {
        parts.push(format!("proposed {}", daily(q.exposure.daily_mg)));
    }
    let others: Vec<&str> =
        ctx.now.iter().filter(|t| t.substance != q.drug).map(|t| ctx.name(t.substance)).take(12).collect();
    let also = if others.is_empty() {
        "no other medicine in the record".to_owned()
    } else {
        format!("also takes {}", others.join(", "))
    };
    parts.push(also);
    parts.join(" · ")
}

fn findings(review: &Review, notes: &mut Notes<'_>) -> Vec<Block> {
    let grave: Vec<_> = review.findings.iter().filter(|f| f.severity >= Severity::Serious).collect();
    if grave.is_empty() {
        let text =
            "No serious or critical finding at this date; see below for what was not assessed.".to_owned();
        return vec![Block::Box { tone: Tone::Note, title: String::new(), items: vec![text] }];
    }
    let mut items: Vec<String> = grave
        .iter()
        .take(MOST_FINDINGS)
        .map(|f| format!("{}: {}{}", f.severity.as_str(), clean(&f.title), notes.of_evidence(&f.evidence)))
        .collect();
    if grave.len() > MOST_FINDINGS {
        items.push(format!(
            "and {} more serious or critical findings in the review",
            grave.len() - MOST_FINDINGS
        ));
    }
    let tone =
        if grave.iter().any(|f| f.severity == Severity::Critical) { Tone::Emergency } else { Tone::Warning };
    vec![Block::Box { tone, title: "What the review found".to_owned(), items }]
}

fn options(ctx: &Context<'_>, q: &Question<'_>, reasons: &[ConditionIx], notes: &mut Notes<'_>) -> Table {
    let kb = ctx.kb;
    let name = ctx.name(q.drug);
    let first = match (q.stop, q.taken_now, q.exposure.origin) {
        (true, ..) => format!("Go on with {name}"),
        (_, _, Origin::ProposedStart) => "As ordered".to_owned(),
        _ => format!("Go on with {name} as now"),
    };
    let third = if q.taken_now { "Go down step by step" } else { "No drug now" };
    let mut basis = Vec::new();
    let mut benefit = Vec::new();
    for r in reasons {
        for u in uses_for(ctx, q.exposure, *r).into_iter().take(2) {
            let word = match u.basis {
                UseBasis::Labelled => "On the label",
                UseBasis::Guideline => "Recommended by a guideline",
                UseBasis::OffLabel => "Off-label",
                UseBasis::NotRecommended => "Recommended against",
            };
            basis.push(notes.line(
                &format!("{word} for {}", kb.condition_file(*r).name),
                &u.source,
                u.confidence,
            ));
            if let Some(b) = &u.benefit {
                benefit.push(notes.line(b, u.benefit_source.as_ref().unwrap_or(&u.source), u.confidence));
            }
        }
    }
    if basis.is_empty() && !reasons.is_empty() {
        basis.push("No use for this reason in the knowledge".to_owned());
    }
    let direct = about(ctx, q.drug, "benefit", Some(reasons));
    benefit.extend(direct.iter().map(|b| notes.line(&b.text, &b.source, b.confidence)));
    if benefit.is_empty() {
        let near = about(ctx, q.drug, "benefit", None);
        benefit.extend(near.into_iter().filter(|b| figures::near(ctx, b, reasons)).map(|b| notes.nearest(b)));
    }
    let onset = figures::onset(ctx, q.drug, q.exposure, notes);
    let (other, other_benefit, other_onset) = alternatives(ctx, reasons, notes);
    let taper = if q.taken_now {
        vec![
            "Never at one click: slowly, with the patient, from tablets that exist (posology taper)"
                .to_owned(),
        ]
    } else {
        vec!["Watch and talk; set a date to look again".to_owned()]
    };
    let no_benefit = if q.taken_now {
        "Less sedation, fewer falls and crashes as the dose falls: no absolute figure in the knowledge"
    } else {
        "None of the harms of use; the complaint itself stays untreated"
    };
    let no_onset = if q.taken_now { "Weeks to months" } else { "-" };
    let fill = |mut lines: Vec<String>| -> Cell {
        lines.dedup();
        if lines.is_empty() {
            lines.push(NO_FIGURE.to_owned());
        }
        lines.into_iter().take(MOST_LINES - 2).map(Line::words).collect()
    };
    let row = |label: &str, a: Cell, b: Cell, c: Cell| vec![vec![Line::words(label)], a, b, c];
    let rows = vec![
        row("What it is", fill(basis), fill(other), fill(taper)),
        row("Benefit", fill(benefit), fill(other_benefit), fill(vec![no_benefit.to_owned()])),
        row("How fast", fill(onset), fill(other_onset), fill(vec![no_onset.to_owned()])),
    ];
    Table {
        caption: "Options side by side".to_owned(),
        head: vec!["Question".to_owned(), first, "First-line treatment".to_owned(), third.to_owned()],
        widths: vec![2, 6, 6, 4],
        rows,
    }
}

/// First-line treatments of the reasons, with the figures of the classes that they name.
fn alternatives(
    ctx: &Context<'_>,
    reasons: &[ConditionIx],
    notes: &mut Notes<'_>,
) -> (Vec<String>, Vec<String>, Vec<String>) {
    let kb = ctx.kb;
    let (mut what, mut benefit, mut onset) = (Vec::new(), Vec::new(), Vec::new());
    // A condition without first-line treatment of its own has that of the broader one.
    for r in reasons {
        let own = std::iter::once(*r);
        let wider = kb.condition_and_broader(*r).iter().map(|c| ConditionIx(c as u16)).filter(|c| c != r);
        let Some(c) = own
            .chain(wider)
            .find(|c| kb.condition_file(*c).first_line.iter().any(|f| ctx.here(&f.jurisdiction)))
        else {
            continue;
        };
        for f in kb.condition_file(c).first_line.iter().filter(|f| ctx.here(&f.jurisdiction)).take(3) {
            what.push(notes.line(&f.text, &f.source, f.confidence));
        }
    }
    let said = what.join(" ").to_lowercase();
    for class in ["ssri", "snri"] {
        if !said.contains(class) {
            continue;
        }
        for b in figures::of_subject(kb, class, "benefit") {
            if figures::fits(ctx, b, Some(reasons)) {
                benefit.push(notes.line(&b.text, &b.source, b.confidence));
            } else if figures::near(ctx, b, reasons) {
                benefit.push(notes.nearest(b));
            }
        }
        for b in figures::of_subject(kb, class, "onset") {
            onset.push(notes.line(&b.text, &b.source, b.confidence));
        }
    }
    // The same sentence for two classes is said once.
    for list in [&mut benefit, &mut onset] {
        let mut seen: Vec<String> = Vec::new();
        list.retain(|l| {
            let new = !seen.contains(l);
            seen.push(l.clone());
            new
        });
    }
    (what, benefit, onset)
}

fn harms(ctx: &Context<'_>, q: &Question<'_>, notes: &mut Notes<'_>) -> Table {
    let mut of_use: Vec<String> =
        about(ctx, q.drug, "harm-of-use", None).into_iter().map(|b| notes.weighed(b)).collect();
    let falls = figures::falls(ctx, q.drug, notes);
    of_use.splice(0..0, falls);
    let mut of_stopping: Vec<String> =
        about(ctx, q.drug, "harm-of-stopping", None).into_iter().map(|b| notes.weighed(b)).collect();
    if !q.taken_now {
        of_stopping
            .insert(0, "Not taken now: nothing to withdraw from yet. Once taken daily for weeks:".to_owned());
    }
    for list in [&mut of_use, &mut of_stopping] {
        if list.is_empty() {
            list.push(NO_FIGURE.to_owned());
        }
    }
    let cell = |l: Vec<String>| -> Cell {
        l.into_iter().take(MOST_LINES + 2).map(|t| Line::words(format!("• {t}"))).collect()
    };
    Table {
        caption: "Harm of use beside harm of stopping".to_owned(),
        head: vec!["Harm of use".to_owned(), "Harm of stopping".to_owned()],
        widths: vec![1, 1],
        rows: vec![vec![cell(of_use), cell(of_stopping)]],
    }
}

fn gaps(review: &Review) -> Vec<Block> {
    let n = review.not_assessed.len();
    if n == 0 {
        return Vec::new();
    }
    let mut items: Vec<String> = review
        .not_assessed
        .iter()
        .take(MOST_GAPS)
        .map(|g| {
            let text = clean(&format!("{}: {}", g.what, g.why));
            if text.chars().count() > LONGEST_GAP {
                text.chars().take(LONGEST_GAP).chain(['…']).collect()
            } else {
                text
            }
        })
        .collect();
    if n > MOST_GAPS {
        items.push(format!("and {} more in the review", n - MOST_GAPS));
    }
    vec![Block::Box { tone: Tone::Note, title: "Not assessed".to_owned(), items }]
}

/// Confidence of a fact as a mark behind its number.
fn mark(c: Founded) -> &'static str {
    match c {
        Founded::Verified => "",
        Founded::Secondary => "?",
        Founded::Disputed => " disputed",
    }
}
