//! Knows the CNS and TS-CNS family over any CardChannel; makers' differences are data.
