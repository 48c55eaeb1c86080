//! Findings while they are made.
use crate::context::Context;
use posology_knowledge::SubstanceIx;
use posology_knowledge::schema::{Confidence, Parameter};
use posology_model::{Action, ActionKind, Evidence, Finding, NotAssessed, Severity, Word};
use std::collections::BTreeMap;

/// Collects what one rule finds.
#[derive(Debug)]
pub struct Findings<'k> {
    pub(crate) rule: &'static str,
    pub(crate) list: Vec<Finding>,
    pub(crate) not_assessed: Vec<NotAssessed>,
    _kb: std::marker::PhantomData<&'k ()>,
}

impl Findings<'_> {
    pub(crate) fn new(rule: &'static str) -> Self {
        Self { rule, list: Vec::new(), not_assessed: Vec::new(), _kb: std::marker::PhantomData }
    }

    /// Something that this rule could not assess, for a reason that is no general need (a missing dose of one drug).
    pub fn not_assessed(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.not_assessed.push(NotAssessed {
            what: what.into(),
            why: why.into(),
            rules: vec![Word::Borrowed(self.rule)],
        });
    }

    /// A finding.
    pub fn push(&mut self, draft: Draft) {
        let mut f = draft.0;
        f.rule = Word::Borrowed(self.rule);
        if f.title.starts_with(char::is_lowercase) {
            f.title = crate::words::capital(&f.title);
        }
        self.list.push(f);
    }
}

/// A finding in the making.
#[derive(Debug)]
pub struct Draft(Finding);

impl Draft {
    /// Begins a finding.
    pub fn new(severity: Severity, title: impl Into<String>) -> Self {
        Self(Finding {
            rule: Word::Borrowed(""),
            severity,
            title: title.into(),
            detail: String::new(),
            substances: Vec::new(),
            evidence: Vec::new(),
            actions: Vec::new(),
            interruptive: false,
            about_order: false,
            figures: BTreeMap::new(),
        })
    }

    /// Adds sentences to the detail, parted by a space.
    pub fn say(mut self, text: impl AsRef<str>) -> Self {
        let t = text.as_ref().trim();
        if !t.is_empty() {
            if !self.0.detail.is_empty() {
                self.0.detail.push(' ');
            }
            self.0.detail.push_str(t);
        }
        self
    }

    /// Names the substances concerned; a proposed one makes the finding one about the order.
    pub fn about(mut self, ctx: &Context<'_>, substances: impl IntoIterator<Item = SubstanceIx>) -> Self {
        for ix in substances {
            let r = ctx.kb.reference(ix);
            if !self.0.substances.contains(&r) {
                self.0.substances.push(r);
            }
            self.0.about_order |= ctx.is_proposed(ix);
        }
        self
    }

    /// Adds a source.
    pub fn source(mut self, ctx: &Context<'_>, reference: &str, confidence: Confidence) -> Self {
        let e: Evidence = ctx.kb.evidence(reference, confidence);
        if !self.0.evidence.contains(&e) {
            self.0.evidence.push(e);
        }
        self
    }

    /// Adds the source of a parameter.
    pub fn parameter(self, ctx: &Context<'_>, p: &Parameter) -> Self {
        self.source(ctx, &p.source, p.confidence)
    }

    /// Adds something that may be done.
    pub fn action(mut self, kind: ActionKind, text: impl Into<Word>) -> Self {
        self.0.actions.push(Action { kind, text: text.into() });
        self
    }

    /// Adds a figure for machines; not finite ones are left out.
    pub fn figure(mut self, name: &'static str, value: f64) -> Self {
        if value.is_finite() {
            self.0.figures.insert(Word::Borrowed(name), value);
        }
        self
    }

    /// Marks a finding about a proposed order that names no proposed substance (a stop).
    pub fn about_order(mut self) -> Self {
        self.0.about_order = true;
        self
    }

    /// Raises the severity; never lowers it.
    pub fn at_least(mut self, severity: Severity) -> Self {
        self.0.severity = self.0.severity.max(severity);
        self
    }
}
