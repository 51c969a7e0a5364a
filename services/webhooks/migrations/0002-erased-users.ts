/** Who was erased, by his id alone: a broker may deliver his `user.created` long after. */
export default `
	create table erased_users (
		user_id uuid primary key,
		erased_at timestamptz not null default now()
	);
`;
