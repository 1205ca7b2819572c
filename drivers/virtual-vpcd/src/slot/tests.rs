//! Tests of the slot against a reader played in process.
