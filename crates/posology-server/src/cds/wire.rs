//! What a hook answers: cards of CDS Hooks 2.0.
use serde::Serialize;
use serde_json::Value;

/// The answer of a hook.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct HookResponse {
    /// The cards, gravest first; at most five, at most one critical.
    pub cards: Vec<Card>,
    /// What was not assessed, and what is quiet because it was accepted: for programs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub extension: Option<Value>,
}

/// A card.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Id, for feedback.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uuid: String,
    /// One sentence of fewer than 140 characters.
    pub summary: String,
    /// Markdown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// `info`, `warning` or `critical`.
    pub indicator: &'static str,
    /// Where the guidance comes from.
    pub source: Source,
    /// What may be done at one click.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// Given where there are suggestions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection_behavior: Option<&'static str>,
    /// Reasons to choose from on overriding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub override_reasons: Vec<Coding>,
    /// Pages to read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// Source of a card.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Source {
    /// Short name.
    pub label: String,
    /// The rule's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Coding>,
}

/// A code with its words.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Coding {
    /// System.
    pub system: String,
    /// Code.
    pub code: String,
    /// Words.
    pub display: String,
}

/// Something that may be done at one click.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// Words for the button.
    pub label: String,
    /// Id, for feedback.
    pub uuid: String,
    /// What is done.
    pub actions: Vec<Action>,
}

/// An action.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// `create`, `update` or `delete`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// In words.
    pub description: String,
    /// The resource to create, or the changed one as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub resource: Option<Value>,
    /// What to delete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
}

/// A link.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Link {
    /// Words.
    pub label: String,
    /// Address.
    pub url: String,
    /// `absolute`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}
