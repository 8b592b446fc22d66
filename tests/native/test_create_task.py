"""POST /api/{org}/{project}/tasks."""


def test_a_name_is_enough(api):
    response = api.post("tasks", {"name": "export"})
    assert response.status_code == 201, response.content
    body = response.json()
    assert body["status"] == "pending"
