import { INBOX_TABLES } from "../../../mixins/events/inbox.ts";
import { SAGA_TABLES } from "../../../mixins/saga/saga-store.ts";

/** A registration holds no personal data: the person is in the message, and then in users. */
export default `
	create table registrations (
		id uuid primary key,
		status text not null default 'queued' check (status in ('queued', 'invited', 'rejected')),
		user_id uuid references users,
		created_at timestamptz not null,
		settled_at timestamptz
	);
	create index registrations_of_user on registrations (user_id, settled_at);

	${INBOX_TABLES}
	${SAGA_TABLES}
`;
