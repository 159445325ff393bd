"""A backlog of overdue debts told of by the sweep, beside one hand-written statement."""
