//! Parameters of the published ratio method, as recalled from Ohno 2007 and 2008, Tod 2011, Goutelle 2013, Loue 2012
//! and Gabriel 2016 (plus or minus 0.05 to 0.1): the baseline. They take no part in the model.
use super::Row;
use posology_kinetics::exposure::Enzyme::{self, *};
use posology_kinetics::exposure::ratio_method::{Ratio, ratio};

const CR: &[(&str, Enzyme, f64)] = &[
    ("simvastatin", Cyp3a4, 1.00),
    ("lovastatin", Cyp3a4, 1.00),
    ("buspirone", Cyp3a4, 0.99),
    ("nisoldipine", Cyp3a4, 0.96),
    ("triazolam", Cyp3a4, 0.93),
    ("midazolam", Cyp3a4, 0.92),
    ("felodipine", Cyp3a4, 0.89),
    ("ciclosporin", Cyp3a4, 0.80),
    ("nifedipine", Cyp3a4, 0.78),
    ("alprazolam", Cyp3a4, 0.75),
    ("atorvastatin", Cyp3a4, 0.68),
    ("zopiclone", Cyp3a4, 0.44),
    ("zolpidem", Cyp3a4, 0.40),
    ("eszopiclone", Cyp3a4, 0.55),
    ("oxycodone", Cyp3a4, 0.66),
    ("diazepam", Cyp3a4, 0.28),
    ("diazepam", Cyp2c19, 0.58),
    ("omeprazole", Cyp2c19, 0.87),
    ("n-desmethylclobazam", Cyp2c19, 0.80),
    ("s-mephenytoin", Cyp2c19, 1.00),
    ("desipramine", Cyp2d6, 0.88),
    ("metoprolol", Cyp2d6, 0.83),
    ("atomoxetine", Cyp2d6, 0.88),
    ("risperidone", Cyp2d6, 0.78),
    ("imipramine", Cyp2d6, 0.45),
    ("aripiprazole", Cyp2d6, 0.50),
    ("vortioxetine", Cyp2d6, 0.57),
    ("dextromethorphan", Cyp2d6, 0.97),
    ("duloxetine", Cyp1a2, 0.85),
    ("duloxetine", Cyp2d6, 0.37),
    ("ramelteon", Cyp1a2, 0.99),
    ("tizanidine", Cyp1a2, 0.975),
    ("caffeine", Cyp1a2, 0.96),
    ("agomelatine", Cyp1a2, 0.99),
    ("olanzapine", Cyp1a2, 0.40),
    ("s-warfarin", Cyp2c9, 0.87),
    ("phenytoin", Cyp2c9, 0.65),
];
const IR: &[(&str, Enzyme, f64)] = &[
    ("ketoconazole", Cyp3a4, 1.00),
    ("voriconazole", Cyp3a4, 0.98),
    ("itraconazole", Cyp3a4, 0.95),
    ("telithromycin", Cyp3a4, 0.91),
    ("clarithromycin", Cyp3a4, 0.88),
    ("saquinavir", Cyp3a4, 0.88),
    ("nefazodone", Cyp3a4, 0.85),
    ("erythromycin", Cyp3a4, 0.82),
    ("diltiazem", Cyp3a4, 0.80),
    ("fluconazole", Cyp3a4, 0.79),
    ("verapamil", Cyp3a4, 0.71),
    ("cimetidine", Cyp3a4, 0.44),
    ("ranitidine", Cyp3a4, 0.37),
    ("fluvoxamine", Cyp3a4, 0.30),
    ("fluoxetine", Cyp3a4, 0.00),
    ("grapefruit-juice", Cyp3a4, 0.45),
    ("ritonavir", Cyp3a4, 0.98),
    ("quinidine", Cyp2d6, 0.99),
    ("paroxetine", Cyp2d6, 0.96),
    ("fluoxetine", Cyp2d6, 0.94),
    ("bupropion", Cyp2d6, 0.87),
    ("terbinafine", Cyp2d6, 0.90),
    ("duloxetine", Cyp2d6, 0.60),
    ("sertraline", Cyp2d6, 0.30),
    ("cimetidine", Cyp2d6, 0.38),
    ("fluvoxamine", Cyp2c19, 0.95),
    ("ticlopidine", Cyp2c19, 0.85),
    ("fluconazole", Cyp2c19, 0.68),
    ("voriconazole", Cyp2c19, 0.55),
    ("esomeprazole", Cyp2c19, 0.75),
    ("omeprazole", Cyp2c19, 0.58),
    ("fluoxetine", Cyp2c19, 0.60),
    ("cimetidine", Cyp2c19, 0.42),
    ("cannabidiol", Cyp2c19, 0.75),
    ("fluvoxamine", Cyp1a2, 0.98),
    ("ciprofloxacin", Cyp1a2, 0.88),
    ("oral-contraceptive", Cyp1a2, 0.63),
    ("fluconazole", Cyp2c9, 0.72),
    ("amiodarone", Cyp2c9, 0.50),
];
const IC: &[(&str, Enzyme, f64)] = &[
    ("rifampicin", Cyp3a4, 7.7),
    ("phenytoin", Cyp3a4, 4.7),
    ("carbamazepine", Cyp3a4, 3.0),
    ("st-johns-wort", Cyp3a4, 1.2),
    ("bosentan", Cyp3a4, 1.4),
    ("efavirenz", Cyp3a4, 1.0),
];

fn of(list: &[(&str, Enzyme, f64)], id: &str) -> Vec<Ratio> {
    list.iter().filter(|r| r.0 == id).map(|r| Ratio { enzyme: r.1, value: r.2 }).collect()
}

/// The baseline on the rows for which it has parameters, as (predicted, observed), and the model's rows beside it.
pub fn baseline(rows: &[Row]) -> (Vec<(f64, f64)>, Vec<Row>) {
    let mut theirs = Vec::new();
    let mut ours = Vec::new();
    for r in rows {
        let [p] = r.perpetrators.as_slice() else { continue };
        let (cr, ir, ic) = (of(CR, &r.victim), of(IR, p), of(IC, p));
        let meets = cr.iter().any(|c| ir.iter().chain(&ic).any(|x| x.enzyme == c.enzyme));
        if meets {
            theirs.push((ratio(&cr, &ir, &ic), r.observed));
            ours.push(r.clone());
        }
    }
    (theirs, ours)
}
