/** Events that the provider sent, each once: to be handled, then remembered for as long as it may come again. */
export default `
	create table provider_events (
		id text primary key,
		type text not null,
		reference text not null,
		received_at timestamptz not null default now(),
		attempts integer not null default 0,
		attempt_after timestamptz not null default now(),
		handled_at timestamptz
	);
	create index provider_events_due on provider_events (attempt_after) where handled_at is null;
	create index provider_events_handled on provider_events (handled_at) where handled_at is not null;
`;
