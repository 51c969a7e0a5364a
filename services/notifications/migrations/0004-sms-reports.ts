/** Twilio tells what became of an SMS by its own name for it. */
export default `
	create index notification_logs_at_twilio on notification_logs (provider_reference) where provider = 'twilio';
`;
