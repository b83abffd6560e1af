"""Training of the evidence model: public question sets -> examples -> weights."""
