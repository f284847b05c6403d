//! That docs/questions.md answers every question, and that the tests which it names are there.
