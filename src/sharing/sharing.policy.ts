/** Actor attributes of agreements, exclusions and emergency access, current at each request. */
import './access.policy.js';
import './agreements.policy.js';
