//! Products are written in words that the engine knows, and have one kind of strength.
use super::Knowledge;
use crate::diagnostic::Diagnostic;
use crate::schema::{Divisible, Product};
use posology_model::{Form, Route};

pub(super) const ID: &str = "product";

pub(super) fn lint(k: &Knowledge<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for s in &k.corpus.substances {
        let file = format!("substances/{}.toml", s.id);
        for (i, p) in s.products.iter().enumerate() {
            product(k, &file, i, p, &mut out);
        }
        let mut routes = |table: &str, i: usize, list: &[String]| {
            for (n, r) in list.iter().enumerate().filter(|(_, r)| r.parse::<Route>().is_err()) {
                out.push(unknown(
                    k,
                    &file,
                    &format!("{table}.{i}.route.{n}"),
                    "route",
                    r,
                    &words::<Route>(Route::ALL),
                ));
            }
        };
        s.uses.iter().enumerate().for_each(|(i, x)| routes("use", i, &x.route));
        s.limits.iter().enumerate().for_each(|(i, x)| routes("limit", i, &x.route));
        s.contraindications.iter().enumerate().for_each(|(i, x)| routes("contraindication", i, &x.route));
        s.effects.iter().enumerate().for_each(|(i, x)| routes("effect", i, &x.route));
        for (i, o) in s.onsets.iter().enumerate().filter(|(_, o)| o.route.parse::<Route>().is_err()) {
            out.push(unknown(
                k,
                &file,
                &format!("onset.{i}.route"),
                "route",
                &o.route,
                &words::<Route>(Route::ALL),
            ));
        }
        for (i, l) in s.limits.iter().enumerate() {
            for (n, f) in l.form.iter().enumerate().filter(|(_, f)| f.parse::<Form>().is_err()) {
                out.push(unknown(
                    k,
                    &file,
                    &format!("limit.{i}.form.{n}"),
                    "dose form",
                    f,
                    &words::<Form>(Form::ALL),
                ));
            }
        }
    }
    for it in &k.corpus.interactions {
        let file = format!("interactions/{}.toml", it.id);
        for (side, p) in [("a", &it.a), ("b", &it.b)] {
            for (n, r) in p.route.iter().enumerate().filter(|(_, r)| r.parse::<Route>().is_err()) {
                out.push(unknown(
                    k,
                    &file,
                    &format!("{side}.route.{n}"),
                    "route",
                    r,
                    &words::<Route>(Route::ALL),
                ));
            }
            for (n, f) in p.form.iter().enumerate().filter(|(_, f)| f.parse::<Form>().is_err()) {
                out.push(unknown(
                    k,
                    &file,
                    &format!("{side}.form.{n}"),
                    "dose form",
                    f,
                    &words::<Form>(Form::ALL),
                ));
            }
        }
    }
    for m in &k.corpus.mme {
        for (i, r) in m.rows.iter().enumerate().filter(|(_, r)| r.route.parse::<Route>().is_err()) {
            let file = format!("mme/{}.toml", m.id);
            out.push(unknown(
                k,
                &file,
                &format!("factor.{i}.route"),
                "route",
                &r.route,
                &words::<Route>(Route::ALL),
            ));
        }
    }
    out
}

fn words<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn unknown(k: &Knowledge<'_>, file: &str, path: &str, kind: &str, word: &str, all: &str) -> Diagnostic {
    k.at(ID, file, path, format!("\"{word}\" is no {kind} of the model"), &format!("use one of: {all}"))
}

fn product(k: &Knowledge<'_>, file: &str, i: usize, p: &Product, out: &mut Vec<Diagnostic>) {
    let path = |key: &str| format!("product.{i}.{key}");
    let form = p.form.parse::<Form>().ok();
    let route = p.route.parse::<Route>().ok();
    if form.is_none() {
        out.push(unknown(k, file, &path("form"), "dose form", &p.form, &words::<Form>(Form::ALL)));
    }
    if route.is_none() {
        out.push(unknown(k, file, &path("route"), "route", &p.route, &words::<Route>(Route::ALL)));
    }
    let mut say =
        |key: &str, message: &str, help: &str| out.push(k.at(ID, file, &path(key), message.into(), help));
    let kinds = [p.strength_mg, p.mg_per_ml, p.mcg_per_hour].iter().flatten().count();
    // A single-dose container may print both what it holds and at which concentration.
    let both = p.strength_mg.is_some() && p.mg_per_ml.is_some() && p.mcg_per_hour.is_none();
    if kinds > 1 && !both {
        say(
            "strength_mg",
            "the product has several kinds of strength",
            "give strength_mg, mg_per_ml or mcg_per_hour",
        );
    }
    let (Some(form), Some(route)) = (form, route) else { return };
    if form == Form::Patch && p.mg_per_ml.is_some() {
        say(
            "mg_per_ml",
            "a patch has no concentration",
            "give mcg_per_hour, or strength_mg where the label states mg",
        );
    }
    if p.mcg_per_hour.is_some()
        && !matches!(form, Form::Patch | Form::Vaginal | Form::IntrauterineSystem | Form::Implant)
    {
        say("mcg_per_hour", "only patches and systems deliver by the hour", "give strength_mg or mg_per_ml");
    }
    if form.is_solid_oral() && p.mg_per_ml.is_some() {
        say("mg_per_ml", "a solid form has no concentration", "give strength_mg");
    }
    if p.divisible != Divisible::Unknown && p.divisible != Divisible::No && !form.is_solid_oral() {
        say("divisible", "only tablets are divided", "leave divisible out");
    }
    let fits = match form {
        Form::Tablet
        | Form::Odt
        | Form::ErTablet
        | Form::DrTablet
        | Form::ChewableTablet
        | Form::EffervescentTablet
        | Form::Capsule
        | Form::ErCapsule
        | Form::DrCapsule => {
            matches!(route, Route::Oral | Route::Enteral | Route::Vaginal | Route::Buccal | Route::Sublingual)
        }
        Form::Suppository | Form::RectalGel | Form::RectalSolution => route == Route::Rectal,
        Form::Patch => matches!(route, Route::Transdermal | Route::Topical),
        Form::NasalSpray => route == Route::Nasal,
        Form::SublingualTablet | Form::SublingualFilm => route == Route::Sublingual,
        Form::BuccalFilm | Form::BuccalTablet | Form::BuccalSolution => route == Route::Buccal,
        Form::Injection => matches!(
            route,
            Route::Intravenous
                | Route::Intramuscular
                | Route::Subcutaneous
                | Route::Epidural
                | Route::Intrathecal
        ),
        _ => true,
    };
    if !fits {
        let message = format!("the form {form} is not given by the route {route}");
        out.push(k.at(ID, file, &path("route"), message, "correct the form or the route"));
    }
}
