//! The command on the built-in facts.
use super::*;
use clap::Parser;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    args: SimulateArgs,
}

fn ask(line: &[&str]) -> Result<Answer, String> {
    let args = Cli::try_parse_from(std::iter::once("simulate").chain(line.iter().copied())).unwrap().args;
    run(&args, posology_corpus::builtin())
}

const DIAZEPAM: [&str; 8] = ["--drug", "diazepam", "--dose", "10 mg", "--every", "8h", "--for", "14d"];

fn csv(more: &[&str]) -> Vec<Vec<f64>> {
    let line: Vec<&str> = DIAZEPAM.iter().chain(more).copied().chain(["--format", "csv"]).collect();
    let text = ask(&line).unwrap().text;
    text.lines().skip(1).map(|l| l.split(',').map(|c| c.parse().unwrap()).collect()).collect()
}

#[test]
fn csv_has_time_and_a_column_per_substance() {
    let line: Vec<&str> = DIAZEPAM.iter().copied().chain(["--format", "csv"]).collect();
    let text = ask(&line).unwrap().text;
    assert_eq!(text.lines().next().unwrap(), "time_h,diazepam_ng_per_ml,nordiazepam_ng_per_ml");
    let rows = csv(&[]);
    assert_eq!((rows.len(), rows[336][0]), (337, 336.0));
    assert!(rows[336][1] > 300.0 && rows[336][2] > rows[336][1], "{:?}", rows[336]);
}

#[test]
fn fluvoxamine_raises_diazepam_while_it_is_taken() {
    let (alone, with) = (csv(&[]), csv(&["--with", "fluvoxamine 100 mg from day 3 to day 10"]));
    for i in 0..=48 {
        assert_eq!(alone[i], with[i]);
    }
    assert!(with[239][1] > 1.2 * alone[239][1], "{} against {}", with[239][1], alone[239][1]);
    let (during, after) = (with[239][1] / alone[239][1], with[336][1] / alone[336][1]);
    assert!(after < during, "falls after the stop: {after} against {during}");
}

#[test]
fn an_inhibitor_of_cyp2c19_does_less_in_a_poor_metaboliser() {
    let rise = |more: &[&str]| {
        let with: Vec<&str> = more.iter().copied().chain(["--with", "omeprazole 40 mg"]).collect();
        csv(&with)[336][1] / csv(more)[336][1]
    };
    assert!(rise(&["--cyp2c19", "poor"]) < 1.02 && rise(&[]) > 1.2);
    assert!(csv(&["--cyp2c19", "poor"])[336][1] > 1.3 * csv(&[])[336][1]);
}

#[test]
fn a_population_gives_percentiles_and_the_same_for_a_seed() {
    let more = ["--subjects", "200", "--seed", "1", "--age", "70", "--weight", "60kg"];
    let rows = csv(&more);
    assert_eq!(rows, csv(&more));
    let last = &rows[336];
    assert_eq!(last.len(), 7);
    assert!(last[1] < last[2] && last[2] < last[3] && last[4] < last[5] && last[5] < last[6]);
}

#[test]
fn every_form_answers() {
    for form in ["csv", "json", "svg", "term"] {
        let line: Vec<&str> = DIAZEPAM.iter().copied().chain(["--format", form]).collect();
        assert!(ask(&line).unwrap().text.contains("diazepam"), "{form}");
    }
}

#[test]
fn bad_input_names_parameter_value_and_range() {
    for (line, words) in [
        (&["--drug", "diazepam", "--dose", "10 mL", "--for", "1d"][..], &["--dose", "10 mL", "mg"][..]),
        (
            &["--drug", "diazepam", "--dose", "10 mg", "--every", "0h", "--for", "1d"],
            &["--every", "0 h", "more than 0"],
        ),
        (
            &["--drug", "unobtainium", "--dose", "10 mg", "--for", "1d"],
            &["unobtainium", "allowed", "diazepam"],
        ),
        (
            &["--drug", "zolpidem", "--dose", "5 mg", "--for", "1d", "--route", "iv"],
            &["intravenous", "allowed", "oral"],
        ),
        (
            &["--drug", "diazepam", "--dose", "5 mg", "--for", "1d", "--with", "nonsensium 5 mg"],
            &["nonsensium"],
        ),
        (
            &["--drug", "diazepam", "--dose", "5 mg", "--for", "1d", "--weight", "0kg"],
            &["--weight", "0kg", "400"],
        ),
        (&["--drug", "diazepam", "--dose", "5 mg", "--for", "1d", "--cyp2c19", "odd"], &["CYP2C19", "odd"]),
        (&["--drug", "diazepam", "--dose", "5 mg", "--for", "1d", "--age", "400"], &["--age", "400", "120"]),
    ] {
        let e = ask(line).unwrap_err();
        for w in words {
            assert!(e.contains(w), "{w:?} not in {e}");
        }
    }
}

#[test]
fn what_the_model_does_not_know_is_said() {
    let line: Vec<&str> = DIAZEPAM.iter().copied().chain(["--renal-impairment"]).collect();
    let notes = ask(&line).unwrap().notes;
    assert!(notes.iter().any(|n| n.contains("not assessed") && n.contains("renal")), "{notes:?}");
}

#[test]
fn a_phenotype_without_effect_in_the_model_is_never_silent() {
    // Diazepam has effects of poor and intermediate CYP2C19 only; nothing is known of the others.
    for option in ["--cyp2c19", "--cyp2d6", "--ugt2b15"] {
        for phenotype in ["poor", "intermediate", "rapid", "ultrarapid"] {
            let line: Vec<&str> = DIAZEPAM.iter().copied().chain([option, phenotype]).collect();
            let notes = ask(&line).unwrap().notes;
            let enzyme = option.trim_start_matches('-').to_uppercase();
            let words = format!("not assessed: no effect of {enzyme} {phenotype} metaboliser is recorded");
            let known = option == "--cyp2c19" && ["poor", "intermediate"].contains(&phenotype);
            assert_eq!(
                notes.iter().any(|n| n.starts_with(&words)),
                !known,
                "{option} {phenotype}: {notes:?}"
            );
        }
    }
    for phenotype in ["expresser", "intermediate"] {
        let line: Vec<&str> = DIAZEPAM.iter().copied().chain(["--cyp3a5", phenotype]).collect();
        let notes = ask(&line).unwrap().notes;
        assert!(notes.iter().any(|n| n.contains("not assessed") && n.contains("CYP3A5")), "{notes:?}");
    }
    let line: Vec<&str> = DIAZEPAM.iter().copied().chain(["--cyp3a5", "ultrarapid"]).collect();
    assert!(ask(&line).unwrap_err().contains("allowed: expresser, intermediate, non-expresser"));
}
