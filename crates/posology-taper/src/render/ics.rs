//! iCalendar (RFC 5545): an all-day event per step and per look.
use super::piece_words;
use crate::mass::number;
use crate::plan::{Plan, Step};
use posology_model::Date;
use posology_model::history::plus_days;

/// The plan as iCalendar. The time stamp is the date of the plan: the clock is not read.
pub fn ics(p: &Plan) -> String {
    let mut o = String::new();
    for l in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Posology//Taper//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ] {
        line(&mut o, l);
    }
    line(&mut o, &format!("X-WR-CALDESC:{}", escape(&p.disclaimer)));
    let stamp = format!("{}T000000Z", compact(p.as_of));
    for (n, s) in p.steps.iter().enumerate() {
        let name = if s.daily_dose_mg == 0.0 {
            format!("{}: {}", s.substance, if s.kind == "gap" { "gap" } else { "planned stop" })
        } else {
            format!("{}: {} mg a day", s.substance, number(s.daily_dose_mg))
        };
        let waits = p.awaits_prescriber.as_deref().map_or(String::new(), |q| format!("{q}\n"));
        event(
            &mut o,
            &format!("step-{}-{}-{}", n + 1, compact(s.start), p.substance.id),
            &stamp,
            s.start,
            plus_days(s.start, i64::from(s.days.max(1))),
            &name,
            &format!("{waits}{}\n{}", details(s), p.disclaimer),
        );
        if let Some(r) = s.review.filter(|_| s.days > 0) {
            event(
                &mut o,
                &format!("look-{}-{}-{}", n + 1, compact(r[0]), p.substance.id),
                &stamp,
                r[0],
                plus_days(r[1], 1),
                &format!("{}: look before the next step", s.substance),
                &format!(
                    "Withdrawal, sedation, mood, sleep; then go on, hold, go back or slow down.\n{}",
                    p.disclaimer
                ),
            );
        }
    }
    line(&mut o, "END:VCALENDAR");
    o
}

fn details(s: &Step) -> String {
    let mut out: Vec<String> = s
        .doses
        .iter()
        .map(|d| {
            format!("{}: {}", d.time, d.pieces.iter().map(piece_words).collect::<Vec<_>>().join(" and "))
        })
        .collect();
    if let Some(a) = &s.also {
        out.push(format!("still {} {} mg a day", a.substance, number(a.daily_dose_mg)));
    }
    out.join("\n")
}

fn event(o: &mut String, uid: &str, stamp: &str, from: Date, to: Date, summary: &str, description: &str) {
    line(o, "BEGIN:VEVENT");
    line(o, &format!("UID:{uid}@posology.invalid"));
    line(o, &format!("DTSTAMP:{stamp}"));
    line(o, &format!("DTSTART;VALUE=DATE:{}", compact(from)));
    line(o, &format!("DTEND;VALUE=DATE:{}", compact(to)));
    line(o, &format!("SUMMARY:{}", escape(summary)));
    line(o, &format!("DESCRIPTION:{}", escape(description)));
    line(o, "TRANSP:TRANSPARENT");
    line(o, "CLASS:CONFIDENTIAL");
    line(o, "END:VEVENT");
}

fn compact(d: Date) -> String {
    format!("{:04}{:02}{:02}", d.year(), d.month(), d.day())
}

/// TEXT of RFC 5545, 3.3.11.
fn escape(t: &str) -> String {
    t.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace("\r\n", "\n").replace('\n', "\\n")
}

/// A content line, folded at 75 octets without splitting a character (3.1).
fn line(o: &mut String, text: &str) {
    let mut room = 75;
    for c in text.chars() {
        if c.len_utf8() > room {
            o.push_str("\r\n ");
            room = 74;
        }
        o.push(c);
        room -= c.len_utf8();
    }
    o.push_str("\r\n");
}
