/** Keeping a method again changes it: what it expires, whether it is the default. */
export default `
	alter table payment_methods add column version integer not null default 1;
`;
