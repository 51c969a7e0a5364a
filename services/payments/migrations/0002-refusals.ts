/** Why the provider refused a refund: the answer to whoever sends the same refund again. */
export default `
	alter table refunds add column refusal text;
`;
