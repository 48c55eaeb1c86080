//! The equivalence table, cell by cell.
use crate::support::*;
use posology_taper::*;

#[test]
fn every_cell_of_every_source() {
    let kb = kb();
    let diazepam = kb.find("diazepam").unwrap();
    let mut cells = 0;
    for t in kb.corpus.equivalence.iter().filter(|t| t.reference == "diazepam") {
        for r in &t.rows {
            let Some(ix) = kb.find(&r.substance) else { continue };
            cells += 1;
            // The printed dose of the drug is the printed dose of diazepam.
            let low = equivalent(kb, ix, r.mg[0], diazepam);
            let row = low.rows.iter().find(|x| x.table == t.id).unwrap();
            assert!((row.mg[1] - t.reference_mg).abs() < 1e-9, "{} {}: {:?}", t.id, r.substance, row.mg);
            let high = equivalent(kb, ix, r.mg[1], diazepam);
            let row = high.rows.iter().find(|x| x.table == t.id).unwrap();
            assert!((row.mg[0] - t.reference_mg).abs() < 1e-9, "{} {}: {:?}", t.id, r.substance, row.mg);
            // And back.
            let back = equivalent(kb, diazepam, t.reference_mg, ix);
            let row = back.rows.iter().find(|x| x.table == t.id).unwrap();
            assert!((row.mg[0] - r.mg[0]).abs() < 1e-9 && (row.mg[1] - r.mg[1]).abs() < 1e-9);
        }
    }
    assert!(cells >= 50, "{cells}");
}

#[test]
fn printed_figures_of_two_tables() {
    // ASAM 2025, table 7, as printed: mg equivalent to 10 mg of diazepam, VA/DoD and Ashton.
    let printed = [
        ("alprazolam", 1.0, 0.5),
        ("clonazepam", 1.0, 0.5),
        ("lorazepam", 2.0, 1.0),
        ("oxazepam", 30.0, 20.0),
        ("temazepam", 15.0, 20.0),
        ("triazolam", 0.25, 0.5),
        ("quazepam", 10.0, 20.0),
        ("clorazepate", 15.0, 15.0),
    ];
    let kb = kb();
    let to = kb.find("diazepam").unwrap();
    for (drug, va, ashton) in printed {
        let a = equivalent(kb, kb.find(drug).unwrap(), 1.0, to);
        let of = |t: &str| a.rows.iter().find(|r| r.table == t).unwrap().mg;
        for (table, mg) in [("va-dod-2021", va), ("ashton-2002", ashton)] {
            assert!((of(table)[0] - 10.0 / mg).abs() < 1e-9, "{drug} {table}: {:?}", of(table));
        }
    }
}

#[test]
fn sources_disagree_twofold_on_alprazolam_and_bands_are_the_drugs_own() {
    let kb = kb();
    let a = equivalent(kb, kb.find("alprazolam").unwrap(), 2.0, kb.find("diazepam").unwrap());
    assert_eq!(a.range_mg, Some([20.0, 40.0]));
    assert_eq!(a.disagreement, Some(2.0));
    assert_eq!(a.band.as_deref(), Some("moderate"));
    assert!(a.band_note.as_deref().unwrap().contains("high"));
    let text = render::equivalent_text(&a);
    assert!(text.contains("not a dose to take") && text.contains("contact the prescriber"));
}

#[test]
fn nothing_is_made_up() {
    let kb = kb();
    let a = equivalent(kb, kb.find("oxycodone").unwrap(), 20.0, kb.find("diazepam").unwrap());
    assert!(a.rows.is_empty() && a.range_mg.is_none() && a.band.is_none());
    for mg in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(
            equivalent(kb, kb.find("alprazolam").unwrap(), mg, kb.find("diazepam").unwrap()).rows.is_empty()
        );
    }
}
