/** What agreements open, who is kept out and who is let in for an hour: facts of the actor, current at each request. */
import './access.policy.js';
import './agreements.policy.js';
