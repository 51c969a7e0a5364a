/** An erasure looks for what was sent to a user's address without his name. */
export default `
	create index notification_logs_of_address on notification_logs (recipient_key) where user_id is null;
`;
