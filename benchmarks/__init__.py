"""Measurements as ratios inside one run; machines are shared and noisy."""
