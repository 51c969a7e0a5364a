/** Where the provider contradicts payments and ledger, as the last comparison found it; nothing is repaired by it. */
export default `
	create table provider_differences (
		kind text not null,
		subject text not null,
		detail text not null,
		since timestamptz not null default now(),
		seen_at timestamptz not null,
		primary key (kind, subject)
	);
	create table reconciliations (
		id bigint generated always as identity primary key,
		window_from timestamptz not null,
		window_to timestamptz not null,
		checked integer not null,
		differences integer not null,
		finished_at timestamptz not null default now()
	);
	create index payments_by_age on payments (created_at);
`;
