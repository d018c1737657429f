import { ANSWER_PROPERTIES } from '../properties/answers';
import { testSlice } from '../slice';

testSlice(ANSWER_PROPERTIES);
