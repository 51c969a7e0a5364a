/** A report comes when a user may have another address: what it suppresses is where the notification went. */
export default `
	alter table notification_logs add column recipient_hash text;
`;
