//! Whole journeys told as scripts.
