//! The next dates of the patient.
use super::Writer;
use crate::document::{Block, Line, Table};
use crate::follow_up::{Event, looks};
use crate::words::{date, is};
use posology_model::FollowUp;
use posology_review::review;

/// Most dates told.
const MOST_DATES: usize = 8;

impl Writer<'_> {
    pub fn dates(&mut self) {
        self.heading("dates-title");
        let mut from_record = self
            .request
            .case
            .map(|c| review(c, self.kb, self.request.settings).follow_up)
            .unwrap_or_default();
        from_record.retain(|f| self.is_own(f));
        let day = self.request.settings.as_of;
        let mut rows: Vec<(posology_model::Date, String)> = Vec::new();
        for look in looks(self.kb, &from_record, self.request.plan) {
            let text = match look.event {
                Event::Step => self.words.say("dates-step"),
                Event::LastStep => self.words.say("dates-last-step"),
                Event::Start => self.visit("start"),
                Event::Ongoing => self.visit("ongoing"),
                Event::Stop => self.visit("stop"),
                Event::Monitoring => self.visit("monitoring"),
            };
            let entry = (look.due, text);
            // What is past is no next date.
            if look.due >= day && !rows.contains(&entry) {
                rows.push(entry);
            }
        }
        if rows.is_empty() {
            self.gap("dates-none");
            return;
        }
        rows.truncate(MOST_DATES);
        let head = vec![self.words.say("dates-day"), self.words.say("dates-what")];
        let rows = rows
            .into_iter()
            .map(|(d, t)| vec![vec![Line::words(date(d, self.request.language))], vec![Line::words(t)]])
            .collect();
        self.blocks.push(Block::Table(Table { caption: String::new(), head, widths: vec![1, 4], rows }));
    }

    /// Whether a look belongs to this drug: a leaflet tells no dates of other drugs.
    fn is_own(&self, f: &FollowUp) -> bool {
        let items = self.kb.corpus.follow_up.iter().flat_map(|x| &x.items);
        let mut same = items.filter(|i| i.what == f.what && i.why == f.why).peekable();
        if same.peek().is_some() {
            return same.any(|i| is(self.kb, self.request.drug, &i.subject));
        }
        f.why.starts_with(&format!("{} is", self.kb.substance(self.request.drug).name))
    }

    fn visit(&self, event: &str) -> String {
        self.words.name("visit", event).unwrap_or_else(|| format!("[{event}]"))
    }
}
