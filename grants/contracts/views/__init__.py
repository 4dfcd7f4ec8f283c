"""The pages of contracts and of their texts."""

from grants.contracts.amendments import views as amendments
from grants.contracts.views import contracts, many, texts

blueprints = (contracts.bp, many.bp, texts.bp, amendments.bp)
