//! Looks as iCalendar (RFC 5545).
use super::{Look, source, uuid};
use posology_knowledge::KnowledgeBase;
use posology_model::Date;
use posology_model::history::plus_days;

/// One all-day event a look. The stamp is the date of the review, since no clock is read; ids follow from the content, so that a
/// second import replaces the first.
pub fn to_calendar(kb: &KnowledgeBase, looks: &[Look], as_of: Date, patient: &str) -> String {
    let mut out = String::new();
    for l in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Posology//Follow-up//EN", "CALSCALE:GREGORIAN"] {
        line(&mut out, l);
    }
    for l in looks {
        let due = l.due.to_string();
        let id = uuid(&["event", patient.trim(), &due, &l.what, &l.why]);
        let from = source(kb, l).map_or_else(String::new, |s| format!("\nSource: {s}"));
        let about =
            format!("{}{from}\nFor the treating team. A proposal: nothing is ordered or booked.", l.why);
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{id}"));
        line(&mut out, &format!("DTSTAMP:{}T000000Z", basic(as_of)));
        line(&mut out, &format!("DTSTART;VALUE=DATE:{}", basic(l.due)));
        line(&mut out, &format!("DTEND;VALUE=DATE:{}", basic(plus_days(l.due, 1))));
        line(&mut out, &format!("SUMMARY:{}", escape(&format!("Medication follow-up: {}", l.what))));
        line(&mut out, &format!("DESCRIPTION:{}", escape(&about)));
        line(&mut out, "TRANSP:TRANSPARENT");
        line(&mut out, "STATUS:TENTATIVE");
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

/// `20261124`.
fn basic(d: Date) -> String {
    format!("{:04}{:02}{:02}", d.year(), d.month(), d.day())
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// Writes a line folded at 75 bytes, never inside a character, with CRLF.
fn line(out: &mut String, text: &str) {
    let mut width = 0;
    for c in text.chars() {
        if width + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
}
