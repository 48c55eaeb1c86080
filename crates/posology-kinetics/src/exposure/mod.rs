//! Exposure ratios under inhibitors, inducers and genotype.
