"""The lab: tuning, evaluation on data sets, ways of retrieval that the app does not use."""
