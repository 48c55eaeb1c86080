//! Quantities that carry their unit in the type. Each is a plain `f64` in the unit its name states.
use core::fmt;

use serde::{Deserialize, Serialize};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $symbol:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        impl $name {
            /// The unit as it is printed.
            pub const UNIT: &'static str = $symbol;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.0, $symbol)
            }
        }
    };
}

quantity!(
    /// A mass in milligrams.
    Mg, "mg"
);
quantity!(
    /// A time or a duration in hours.
    Hours, "h"
);
quantity!(
    /// A clearance or a flow in litres per hour.
    LitresPerHour, "L/h"
);
quantity!(
    /// A volume of distribution in litres.
    Litres, "L"
);
quantity!(
    /// A first-order rate constant, per hour.
    PerHour, "1/h"
);
quantity!(
    /// A share between 0 and 1, or a ratio without unit.
    Fraction, "(fraction)"
);
