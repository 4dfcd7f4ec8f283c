"""The pages of contracts and of their texts."""

from grants.contracts.views import contracts, texts

blueprints = (contracts.bp, texts.bp)
