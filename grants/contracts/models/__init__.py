"""What is kept of contracts: their texts, the contracts themselves with their signatures, the scans of the paper."""

from grants.contracts.models.clauses import ClauseSet, ClauseVersion, ContractClause
from grants.contracts.models.contract import Contract, ScanPage, Signature

__all__ = ["ClauseSet", "ClauseVersion", "Contract", "ContractClause", "ScanPage", "Signature"]
