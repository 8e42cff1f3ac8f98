"""What a customer wants settled: lines with their facts, verdicts, quotes and jobs, and the words for them."""
