"""From a plan's document to what it proposes: every value with the sentence that it stands in.

Rules for the prose of Vietnamese administration, each with a subject of its own. What a plan does
not say is not proposed, and nothing that is proposed is taken over before a person confirms it.
"""

from broadcaster.campaigns.drafting.draft import DraftPlan, draft_of, draft_plan
from broadcaster.campaigns.drafting.said import Said

__all__ = ["DraftPlan", "Said", "draft_of", "draft_plan"]
