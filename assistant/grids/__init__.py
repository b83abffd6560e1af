"""Behind a grid: how a cell is decided and kept, and its three uses: survey, compare, checklist."""
