pub mod config;
{%- if queue %}
pub mod queue;
{%- endif %}
pub mod routes;
