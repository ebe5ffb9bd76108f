"""Who may publish where: claims, proofs and verdicts on a proposed change.

Each proof is a module with one function, `prove(case) -> Proof` (proof.py). verdict.py asks them
and judges the change. Whether an entry itself is right is for builder/rules to say.
"""
